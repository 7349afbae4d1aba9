package com.laincloud.registry.launcher;

import com.laincloud.registry.config.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;

/**
 * Payara's settings that are not left at their defaults, as the asadmin commands that it runs before it starts. The first
 * five defaults would break requests: a pause of 30 s in an upload or download, a request of 15 minutes, the 250th request
 * of a connection, 8 KiB of tags or tokens in its head.
 */
final class ContainerSettings {

    private static final String CONFIG = "configs.config.server-config.";
    private static final String NETWORK = CONFIG + "network-config.";
    private static final String HTTP = NETWORK + "protocols.protocol.http-listener.http.";
    private static final String TRANSPORT = NETWORK + "transports.transport.tcp.";

    private static final String DOORSTEP = InetAddress.getLoopbackAddress().getHostAddress();

    private ContainerSettings() {}

    static List<String> commands() {
        return List.of(
                "set " + TRANSPORT + "read-timeout-millis=600000",
                "set " + TRANSPORT + "write-timeout-millis=600000",
                "set " + HTTP + "request-timeout-seconds=-1",
                "set " + HTTP + "max-connections=-1",
                "set " + HTTP + "header-buffer-length-bytes=" + RequestStream.LONGEST_HEAD,
                "set " + HTTP + "http2-enabled=false", // no client of a registry speaks it without TLS
                "set " + HTTP + "server-header=false",
                "set " + HTTP + "xframe-options=false",
                // instead of 15 minutes: threads that a burst of requests has started hold buffers and stacks
                "set " + CONFIG + "thread-pools.thread-pool.http-thread-pool.idle-thread-timeout-seconds=60",
                "set " + CONFIG + "microprofile-metrics-configuration.enabled=false",
                "set-openapi-configuration --enabled=false",
                "set " + NETWORK + "network-listeners.network-listener.http-listener.address=" + DOORSTEP);
    }

    /**
     * Where the server listens until it has deployed the registry and proved that it answers: with half of it there, it would
     * answer 404 and 500 to clients.
     *
     * @throws LaunchException if no port is free
     */
    static HostAndPort doorstep() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new HostAndPort(DOORSTEP, socket.getLocalPort());
        } catch (IOException e) {
            throw new LaunchException("cannot listen on " + DOORSTEP + ": " + e.getMessage(), e);
        }
    }
}
