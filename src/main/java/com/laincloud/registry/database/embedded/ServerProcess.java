package com.laincloud.registry.database.embedded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * PostgreSQL at work on one data directory. {@code pg_ctl} starts it in a session of its own, so that a terminal's Ctrl-C
 * reaches the registry alone, which drains first and then stops it; and it says at once when a start has failed.
 */
final class ServerProcess {

    /** How long a start may take. Long, because after a crash the server first replays its log, however much there is. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(6);

    private final PostgresBinaries binaries;
    private final ServerAccount account;
    private final Path data;
    private final Path startupLog;

    ServerProcess(PostgresBinaries binaries, ServerAccount account, Path directory) {
        this.binaries = binaries;
        this.account = account;
        this.data = directory.resolve("data");
        this.startupLog = directory.resolve("startup.log");
    }

    /** Starts the server; when this returns it takes connections. */
    void start() {
        try {
            Files.deleteIfExists(startupLog);
            ProgramRun start = control("start", "-l", startupLog, "-w", "-t", START_LIMIT.toSeconds());
            if (!start.succeeded()) {
                String said = Files.exists(startupLog) ? Files.readString(startupLog) : start.output();
                said = lastFault().orElse(said);
                throw new EmbeddedDatabaseException("database: PostgreSQL does not start: " + ProgramRun.fault(said));
            }
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database.directory: cannot read or remove " + startupLog + ": " + Fault.of(e), e);
        }
    }

    /** The server's first process; empty if none has said that it is it. */
    Optional<ProcessHandle> process() {
        try (Stream<String> lines = Files.lines(data.resolve("postmaster.pid"))) {
            return lines.findFirst()
                    .map(String::strip)
                    .filter(line -> line.matches("[0-9]{1,18}"))
                    .flatMap(line -> ProcessHandle.of(Long.parseLong(line)))
                    .filter(this::worksHere);
        } catch (IOException | UncheckedIOException e) {
            return Optional.empty();
        }
    }

    /** The last line of its own log that says why it ended, if the log was written to since this start began. */
    private Optional<String> lastFault() throws IOException {
        try (Stream<Path> logs = Files.list(data.resolve("log"))) {
            Optional<Path> newest = logs.filter(this::isOfThisStart)
                    .max(Comparator.comparingLong(log -> log.toFile().lastModified()));
            if (newest.isEmpty()) {
                return Optional.empty();
            }
            return Files.readAllLines(newest.get(), StandardCharsets.ISO_8859_1).reversed().stream()
                    .filter(line -> line.contains("FATAL:") || line.contains("PANIC:"))
                    .findFirst();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private boolean isOfThisStart(Path log) {
        return log.toFile().lastModified() >= startupLog.toFile().lastModified();
    }

    /** Stops the server: orderly, and if it will not, as a crash would, from which it recovers. */
    void stop() {
        if (!control("stop", "-m", "fast", "-w", "-t", STOP_LIMIT.toSeconds()).succeeded()) {
            control("stop", "-m", "immediate", "-w", "-t", STOP_LIMIT.toSeconds());
        }
    }

    /**
     * Ends what a registry that was killed has left running. To be called with the directory's lock held: whatever works
     * in the data directory then has no master any more.
     */
    void stopOrphans() {
        if (orphans().isEmpty()) {
            removeProcessFile();
            return;
        }
        stop();
        orphans().forEach(ProcessHandle::destroyForcibly); // backends that outlived a server that was killed as well
        orphans().forEach(orphan -> orphan.onExit().join());
        removeProcessFile();
    }

    /** Found by their working directory: a process number alone may by now be another program's. */
    private List<ProcessHandle> orphans() {
        return ProcessHandle.allProcesses().filter(this::worksHere).toList();
    }

    private boolean worksHere(ProcessHandle process) {
        try {
            return Files.isSameFile(Path.of("/proc", Long.toString(process.pid()), "cwd"), data);
        } catch (IOException | SecurityException e) {
            return false; // it has ended, or is not ours to look at
        }
    }

    /** PostgreSQL would refuse to start if the number in it were that of some unrelated process of ours. */
    private void removeProcessFile() {
        try {
            Files.deleteIfExists(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProgramRun control(String action, Object... options) {
        Object[] words = new Object[options.length + 4];
        words[0] = binaries.program("pg_ctl");
        words[1] = action;
        words[2] = "-D";
        words[3] = data;
        System.arraycopy(options, 0, words, 4, options.length);
        return ProgramRun.run(account.prefix(), words);
    }
}
