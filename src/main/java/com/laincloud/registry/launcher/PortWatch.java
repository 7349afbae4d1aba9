package com.laincloud.registry.launcher;

import com.laincloud.registry.config.HostAndPort;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/**
 * Asks the server's own port whether it answers. A server that does not, and ends no request meanwhile either, does not come
 * back: the process is ended, with a dump of its threads in the log, for its supervisor to start it again.
 *
 * <p>What it asks is no HTTP, which {@link FirstByteFilter} answers in the threads that answer requests: no line of the access
 * log, and nothing that a database in trouble could keep waiting.
 */
final class PortWatch {

    private static final System.Logger LOG = System.getLogger(PortWatch.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(5);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int EXIT_STATUS = 70;
    private static final int QUESTION = 0;

    private final HostAndPort address;
    private final Shutdown shutdown;

    PortWatch(HostAndPort address, Shutdown shutdown) {
        this.address = address;
        this.shutdown = shutdown;
    }

    void begin() {
        Thread.ofPlatform().daemon().name("port-watch").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(INTERVAL);
                long ended = Shutdown.endedRequests();
                if (!answersInTime() && ended == Shutdown.endedRequests() && !shutdown.hasBegun()) {
                    end();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean answersInTime() throws InterruptedException {
        for (long begin = System.nanoTime(); System.nanoTime() - begin < PATIENCE.toNanos(); Thread.sleep(PAUSE)) {
            if (answers()) {
                return true;
            }
        }
        return false;
    }

    private boolean answers() {
        try (Socket socket = new Socket()) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.connect(
                    address.host().isEmpty()
                            ? new InetSocketAddress(InetAddress.getLoopbackAddress(), address.port())
                            : new InetSocketAddress(address.host(), address.port()),
                    (int) PATIENCE.toMillis());
            socket.getOutputStream().write(QUESTION);
            return socket.getInputStream().read() >= 0;
        } catch (IOException e) {
            // without descriptors there is no asking; those who have one may well be answered
            return String.valueOf(e.getMessage()).contains("Too many open files");
        }
    }

    private static void end() {
        StringBuilder threads = new StringBuilder();
        for (ThreadInfo thread : ManagementFactory.getThreadMXBean().dumpAllThreads(true, true, Integer.MAX_VALUE)) {
            threads.append('\n').append(thread.getThreadName()).append(' ').append(thread.getThreadState());
            for (StackTraceElement frame : thread.getStackTrace()) {
                threads.append("\n\tat ").append(frame);
            }
        }
        LOG.log(Level.ERROR, "the registry does not answer on its own port; it ends" + threads);
        EmbeddedDatabase.endAtOnce();
        Runtime.getRuntime().halt(EXIT_STATUS);
    }
}
