package com.laincloud.registry.storage.s3;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.laincloud.registry.it.LoopbackDoor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.util.Locale;
import java.util.function.Function;

/** A way to a store, a request a connection, on which a test decides what befalls each request. */
public final class TroubledWay implements AutoCloseable {

    /** What befalls a request. */
    public enum Fate {
        PASSES,

        /** It is not taken, and the store says that it has too much to do. */
        REFUSED("503 Slow Down", "SlowDown"),

        /** It is not taken, and the store says that it has failed. */
        FAILED("500 Internal Server Error", "InternalError"),

        /** It is not taken, and the store says so after it has begun to say that all is well. */
        FAILED_LATE("200 OK", "InternalError"),

        /** It is not taken, and the store says that there is no room. */
        FULL("507 Insufficient Storage", "InsufficientStorage"),

        /** It is not taken, and the store says that this account may not do it. */
        FORBIDDEN("403 Forbidden", "AccessDenied"),

        /** It is not taken, and the store says that it cannot do such a thing. */
        UNKNOWN("501 Not Implemented", "NotImplemented"),

        /** The store's answer is another than it gave. */
        REPLACED,

        /** The connection ends before the request is read. */
        BROKEN,

        /** The store does what the request says, and its answer is lost. */
        UNANSWERED,

        /** Nothing happens. */
        SILENT;

        private final String status;
        private final String body;

        Fate() {
            this("200 OK", "");
        }

        Fate(String status, String code) {
            this.status = status;
            this.body = "<Error><Code>" + code + "</Code><Message>m</Message></Error>";
        }
    }

    private final URI store;
    private final Function<String, Fate> fates;
    private final String replacement;
    private final LoopbackDoor door;

    /** One on which every request is answered with these words, whatever the store says. */
    static TroubledWay answering(URI store, String answer) {
        return new TroubledWay(store, request -> Fate.REPLACED, answer);
    }

    /** One to a store that cannot do what requests with this header ask for. */
    static TroubledWay withoutHeader(URI store, String header) {
        String line = "\n" + header.toLowerCase(Locale.ROOT) + ":";
        return new TroubledWay(
                store, head -> head.toLowerCase(Locale.ROOT).contains(line) ? Fate.UNKNOWN : Fate.PASSES, "");
    }

    /** One on which the whole head of a request decides. */
    static TroubledWay byHead(URI store, Function<String, Fate> fates) {
        return new TroubledWay(store, fates, "");
    }

    /** @param fates by the first line of the request */
    public TroubledWay(URI store, Function<String, Fate> fates) {
        this(store, head -> fates.apply(head.substring(0, head.indexOf('\r'))), "");
    }

    private TroubledWay(URI store, Function<String, Fate> fates, String replacement) {
        this.store = store;
        this.replacement = replacement;
        this.fates = fates;
        this.door = new LoopbackDoor(this::serve);
    }

    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + door.port());
    }

    private void serve(Socket accepted) {
        try (Socket client = accepted) {
            byte[] head = head(client.getInputStream());
            String text = new String(head, ISO_8859_1);
            Fate fate = text.isEmpty() ? Fate.BROKEN : fates.apply(text);
            switch (fate) {
                case BROKEN -> client.setSoLinger(true, 0);
                case SILENT -> client.getInputStream().transferTo(OutputStream.nullOutputStream());
                case REFUSED, FAILED, FAILED_LATE, FULL, FORBIDDEN, UNKNOWN ->
                    answer(client, text, fate.status, fate.body);
                case REPLACED -> answer(client, text, "200 OK", replacement);
                case PASSES, UNANSWERED -> {
                    byte[] answer = pass(head, client.getInputStream(), length(text));
                    if (fate == Fate.PASSES) {
                        client.getOutputStream().write(answer);
                    }
                }
            }
        } catch (IOException e) {
            // the client sees it
        }
    }

    private static void answer(Socket client, String head, String status, String body) throws IOException {
        client.getInputStream().skipNBytes(length(head));
        client.getOutputStream()
                .write(("HTTP/1.1 " + status + "\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                + body)
                        .getBytes(ISO_8859_1));
    }

    private byte[] pass(byte[] head, InputStream body, long length) throws IOException {
        try (Socket server = new Socket(store.getHost(), store.getPort())) {
            OutputStream out = server.getOutputStream();
            out.write(new String(head, ISO_8859_1)
                    .replaceFirst("\r\n", "\r\nConnection: close\r\n")
                    .getBytes(ISO_8859_1));
            byte[] buffer = new byte[1 << 16];
            long left = length;
            while (left > 0) {
                int n = body.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (n < 0) {
                    throw new IOException("the client ended early");
                }
                out.write(buffer, 0, n);
                left -= n;
            }
            return server.getInputStream().readAllBytes();
        }
    }

    private static byte[] head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int next = in.read();
            if (next < 0) {
                return new byte[0];
            }
            head.write(next);
            matched = next == "\r\n\r\n".charAt(matched) ? matched + 1 : next == '\r' ? 1 : 0;
        }
        return head.toByteArray();
    }

    private static long length(String head) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                .findFirst()
                .orElse(0);
    }

    @Override
    public void close() {
        door.close();
    }
}
