package com.laincloud.registry.launcher;

import com.laincloud.registry.log.LogConfiguration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The directory one run of the server writes its own state to. New at each start, because Payara Micro would deploy again
 * what its last run has left there; removed when the process ends.
 */
record Instance(Path directory) {

    private static final int REMOVAL_ATTEMPTS = 100;

    static Instance create(PayaraRuntime runtime, LogConfiguration logging, List<String> commands) {
        try {
            Instance instance = new Instance(Files.createTempDirectory("registry-instance-"));
            Runtime.getRuntime().addShutdownHook(new Thread(instance::remove));
            copy(runtime.directory().resolve("config"), instance.directory.resolve("config"));
            // holds the resource adapters without which no connection pool works
            Files.createSymbolicLink(
                    instance.directory.resolve("lib"), runtime.directory().resolve("lib"));
            logging.write(instance.logging());
            Files.write(instance.commands(), commands);
            return instance;
        } catch (IOException e) {
            throw new LaunchException("cannot write to the temporary directory: " + e, e);
        }
    }

    Path logging() {
        return directory.resolve("logging.properties");
    }

    Path commands() {
        return directory.resolve("preboot.asadmin");
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** The server is stopping at the same time and may still write: what it has just written goes in the next attempt. */
    private void remove() {
        for (int attempt = 0; attempt < REMOVAL_ATTEMPTS && Files.exists(directory); attempt++) {
            try (Stream<Path> tree = Files.walk(directory)) {
                for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                    Files.deleteIfExists(path);
                }
            } catch (IOException | UncheckedIOException e) {
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            }
        }
    }
}
