package com.laincloud.registry.launcher;

import com.laincloud.registry.config.HostAndPort;
import com.laincloud.registry.log.LogConfiguration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;

/**
 * The cache of loaded and linked classes that halves the time to start: a JDK of at least 25 writes it at the end of a run of
 * the server that deploys the WAR and stops. On an older JDK there is none, and the server starts without.
 */
final class AheadOfTimeCache {

    private static final int FIRST_JDK = 25;

    private AheadOfTimeCache() {}

    static void train(PayaraRuntime runtime, JavaArguments arguments) throws IOException {
        if (Runtime.version().feature() < FIRST_JDK) {
            return;
        }
        HostAndPort address = new HostAndPort("127.0.0.1", freePort());
        Instance instance = Instance.create(
                runtime, new LogConfiguration(Level.INFO, "text", Map.of()), ContainerSettings.commands(address));
        List<String> command = new ArrayList<>(List.of(ChildProcess.java(), "-XX:+UseSerialGC"));
        command.addAll(arguments.training());
        command.add("-Dregistry.storage=inmemory");
        command.add("-Dregistry.storage.inmemory=true");
        runtime.properties().forEach((name, value) -> command.add("-D" + name + "=" + value));
        command.add("fish.payara.micro.impl.PayaraMicroImpl");
        command.addAll(runtime.arguments(instance, address));
        command.add("--warmup");
        ChildProcess.run(command);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
