package com.laincloud.registry.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The database that the application runs, as far as the launcher has to end it when the application does not. */
final class EmbeddedDatabase {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private EmbeddedDatabase() {}

    /**
     * Ends it at once, if it runs. It recovers at the next start as after a crash, in which nothing is lost that was
     * acknowledged.
     */
    static void endAtOnce() {
        String directory = System.getProperty("registry.database.embedded", "");
        if (directory.isEmpty()) {
            return;
        }
        try (Stream<String> lines = Files.lines(Path.of(directory, "data", "postmaster.pid"))) {
            String process = lines.findFirst().orElse("").strip();
            if (process.matches("[0-9]{1,10}")) {
                // SIGQUIT, which takes the server's other processes along; Java knows only TERM, which waits, and KILL
                new ProcessBuilder("/bin/sh", "-c", "kill -QUIT " + process)
                        .start()
                        .waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                ProcessHandle.of(Long.parseLong(process))
                        .ifPresent(server -> server.onExit().orTimeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS));
            }
        } catch (IOException e) {
            // there is none, or the machine starts no process any more
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
