package com.laincloud.registry.launcher;

import com.laincloud.registry.config.HostAndPort;
import com.laincloud.registry.log.LogConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

/**
 * The cache of loaded and linked classes that halves the time to start: a JDK of at least 25 writes it at the end of a run of
 * the server. On an older JDK there is none, and the server starts without; so it does where the run fails, which is said
 * but fails no build.
 */
final class AheadOfTimeCache {

    private static final int FIRST_JDK = 25;

    /** Long, because a build without the cache is worse than one that waits for a busy machine. */
    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private AheadOfTimeCache() {}

    /** Runs the server until it has had its {@link Training}, then stops it, upon which the cache is written. */
    static void train(PayaraRuntime runtime, JavaArguments arguments) throws IOException {
        if (Runtime.version().feature() < FIRST_JDK) {
            return;
        }
        HostAndPort address = ContainerSettings.doorstep();
        Instance instance = Instance.create(
                runtime, new LogConfiguration(Level.INFO, "text", Map.of()), ContainerSettings.commands());
        // open to the ordinary account that PostgreSQL may have to run under
        Path storage = Files.createTempDirectory(
                "registry-training-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        Process server = new ProcessBuilder(command(runtime, arguments, instance, address, storage))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            new Greeting(address).awaitOk(START_LIMIT, server::isAlive);
            new Training(address).run();
        } catch (LaunchException e) {
            System.err.println("No ahead-of-time cache, the server will start slowly: " + e.getMessage());
        } finally {
            server.destroy();
            server.onExit().join();
            Assembly.remove(storage);
        }
    }

    private static List<String> command(
            PayaraRuntime runtime, JavaArguments arguments, Instance instance, HostAndPort address, Path storage) {
        List<String> command = new ArrayList<>(List.of(ChildProcess.java(), "-XX:+UseSerialGC"));
        command.addAll(arguments.training());
        command.add("-Dregistry.storage.filesystem.rootdirectory=" + storage);
        runtime.properties().forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add("fish.payara.micro.impl.PayaraMicroImpl");
        command.addAll(runtime.arguments(instance, address.port()));
        return command;
    }
}
