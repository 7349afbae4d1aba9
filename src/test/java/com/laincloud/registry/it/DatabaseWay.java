package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A way to a PostgreSQL on loopback, on which a test decides what befalls each commit. */
final class DatabaseWay implements AutoCloseable {

    /** What befalls a commit. */
    enum Fate {
        PASSES,

        /** The connection ends before the server hears of it. */
        CUT_BEFORE,

        /** The server hears of it, and the connection ends before it answers. */
        CUT_AFTER
    }

    /** The driver gives the statement a name, by which alone it asks for it later. */
    private static final Pattern COMMIT = Pattern.compile("(S_\\d+)?\0COMMIT\0");

    private final int server;
    private final Supplier<Fate> fates;
    private final LoopbackDoor door;

    DatabaseWay(int server, Supplier<Fate> fates) {
        this.server = server;
        this.fates = fates;
        this.door = new LoopbackDoor(this::serve);
    }

    int port() {
        return door.port();
    }

    private void serve(Socket accepted) {
        try (Socket client = accepted;
                Socket target = new Socket(InetAddress.getLoopbackAddress(), server)) {
            Thread.ofVirtual().start(() -> passAnswers(target, client));
            byte[] buffer = new byte[1 << 16];
            String name = "";
            InputStream in = client.getInputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                String text = new String(buffer, 0, n, ISO_8859_1);
                Matcher commit = COMMIT.matcher(text);
                boolean isParsed = commit.find();
                if (isParsed && commit.group(1) != null) {
                    name = "\0" + commit.group(1) + "\0";
                }
                Fate fate = isParsed || (!name.isEmpty() && text.contains(name)) ? fates.get() : Fate.PASSES;
                if (fate == Fate.CUT_BEFORE) {
                    return;
                }
                if (fate == Fate.CUT_AFTER) {
                    client.shutdownOutput();
                }
                target.getOutputStream().write(buffer, 0, n);
                if (fate == Fate.CUT_AFTER) {
                    target.shutdownOutput();
                    target.getInputStream().transferTo(OutputStream.nullOutputStream()); // until it was done
                    return;
                }
            }
        } catch (IOException e) {
            // both ends see it
        }
    }

    private static void passAnswers(Socket target, Socket accepted) {
        try (Socket client = accepted) {
            target.getInputStream().transferTo(client.getOutputStream());
        } catch (IOException e) {
            // both ends see it
        }
    }

    @Override
    public void close() {
        door.close();
    }
}
