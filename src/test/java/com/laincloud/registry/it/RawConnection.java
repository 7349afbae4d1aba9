package com.laincloud.registry.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A connection on which anything can be said, well-formed or not, and one answer after the other be read. */
final class RawConnection implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 60_000;

    private final Socket socket;

    RawConnection(URI server) {
        this(server, 0);
    }

    /** @param receiveBuffer how many bytes the kernel takes that are not read; 0 for as many as it likes */
    RawConnection(URI server, int receiveBuffer) {
        try {
            this.socket = new Socket();
            if (receiveBuffer > 0) {
                socket.setReceiveBufferSize(receiveBuffer);
            }
            socket.connect(new InetSocketAddress(server.getHost(), server.getPort()));
            socket.setSoTimeout(PATIENCE_MILLIS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer: its status, the lines of its head, and its body. */
    record Answer(int status, List<String> head, String body) {

        Optional<String> header(String name) {
            String start = name.toLowerCase(Locale.ROOT) + ":";
            return head.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
                    .map(line -> line.substring(start.length()).strip())
                    .findFirst();
        }
    }

    /** One answer to one request, on a connection of its own. */
    static Answer exchange(URI server, String request) {
        try (RawConnection connection = new RawConnection(server)) {
            return connection.send(request).answer();
        }
    }

    /** Sends characters as bytes, each as one; a server that has hung up already may have answered all the same. */
    RawConnection send(String characters) {
        try {
            socket.getOutputStream().write(characters.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // the answer tells
        }
        return this;
    }

    /** The next answer. */
    Answer answer() {
        try {
            InputStream in = socket.getInputStream();
            Answer answer = head(in);
            return new Answer(answer.status(), answer.head(), new String(body(answer, in), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many bytes the next answer has, which are read and not kept; its status must be 200. */
    long skippedBody() {
        try {
            InputStream in = socket.getInputStream();
            Answer answer = head(in);
            if (answer.status() != 200) {
                throw new IOException("the answer is " + answer);
            }
            long length = answer.header("Content-Length").map(Long::parseLong).orElse(0L);
            in.skipNBytes(length);
            return length;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Answer head(InputStream in) throws IOException {
        List<String> head = new ArrayList<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            head.add(line);
        }
        return new Answer(Integer.parseInt(head.getFirst().split(" ", 3)[1]), head, "");
    }

    /** Whether the server has closed the connection, as writing to it tells; for a connection on which nothing more is read. */
    boolean isClosed() {
        try {
            socket.getOutputStream().write('\r');
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    /** Whether the server says nothing more and closes the connection. */
    boolean isAtEnd() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (IOException e) {
            return true; // closed while more was sent
        }
    }

    private static byte[] body(Answer answer, InputStream in) throws IOException {
        if (answer.header("Transfer-Encoding").filter("chunked"::equals).isPresent()) {
            return chunks(in);
        }
        return in.readNBytes(
                answer.header("Content-Length").map(Integer::parseInt).orElse(0));
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = Integer.parseInt(line(in), 16); size > 0; size = Integer.parseInt(line(in), 16)) {
            body.write(in.readNBytes(size));
            line(in);
        }
        line(in);
        return body.toByteArray();
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new IOException("the connection ended after \"" + line + "\"");
            }
            line.write(b);
        }
        return line.toString(StandardCharsets.ISO_8859_1).stripTrailing();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
