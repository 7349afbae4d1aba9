package com.laincloud.registry.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.function.Consumer;

/** A port on loopback whose connections are served each by a thread of its own. */
public final class LoopbackDoor implements AutoCloseable {

    private final ServerSocket door;

    /** @param serve closes the connection it is given */
    public LoopbackDoor(Consumer<Socket> serve) {
        try {
            this.door = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(() -> accept(serve));
    }

    public int port() {
        return door.getLocalPort();
    }

    private void accept(Consumer<Socket> serve) {
        while (!door.isClosed()) {
            try {
                Socket client = door.accept();
                Thread.ofVirtual().start(() -> serve.accept(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
