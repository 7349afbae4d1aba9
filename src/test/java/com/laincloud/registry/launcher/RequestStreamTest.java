package com.laincloud.registry.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestStreamTest {

    private static final String HOST = "Host: registry.lain.local:5000\r\n";

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What goes on to the next reader, when the bytes come in pieces of this size. */
    private static String accepted(String sent, int piece) throws MalformedRequestException {
        RequestStream stream = new RequestStream();
        ByteArrayOutputStream accepted = new ByteArrayOutputStream();
        byte[] bytes = sent.getBytes(StandardCharsets.ISO_8859_1);
        for (int at = 0; at < bytes.length; at += piece) {
            ByteBuffer part = ByteBuffer.wrap(bytes, at, Math.min(piece, bytes.length - at));
            while (part.hasRemaining()) {
                stream.read(part, accepted);
            }
        }
        return accepted.toString(StandardCharsets.ISO_8859_1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /v2/ HTTP/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.0\r\n\r\n",
                "\r\nGET /v2/ HTTP/1.1\r\nHost:\r\n\r\n",
                "GET http://a/v2/ HTTP/1.1\r\nHost: [::1]:5000\r\n\r\n",
                "PUT /v2/a/manifests/b HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\n\r\nhello",
                "PUT /v2/a/manifests/b HTTP/1.1\r\n" + HOST
                        + "Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n",
            })
    void whatIsWellFormedGoesOnAsItCameHoweverItCameAndSoDoesWhatFollows(String request) throws Exception {
        String twice = request + request;
        for (int piece : new int[] {1, 2, 3, 7, 1000}) {
            assertThat(accepted(twice, piece)).isEqualTo(twice);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRACE / HTTP/1.1\r\n" + HOST + "\r\n",
                "CONNECT a:1 HTTP/1.1\r\n" + HOST + "\r\n",
                "PRI * HTTP/2.0\r\n\r\n",
                "GET / HTTP/2.0\r\n" + HOST + "\r\n",
                "GET /\r\n\r\n",
                "GET  / HTTP/1.1\r\n" + HOST + "\r\n",
                "G(T / HTTP/1.1\r\n" + HOST + "\r\n",
                "G\r\nT / HTTP/1.1\r\n" + HOST + "\r\n",
                "\r\n\r\nGET / HTTP/1.1\r\n" + HOST + "\r\n",
                "GET / HTTP/1.1\n" + HOST + "\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "A: b\rc\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "A: b\u0000\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + " folded\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "none\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + ": none\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + "A : b\r\n\r\n",
                "GET / HTTP/1.1\r\n\r\n",
                "GET / HTTP/1.1\r\n" + HOST + HOST + "\r\n",
                "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a:port\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: <x>\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: +5\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 5, 5\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: gzip, chunked\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: identity\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked, chunked\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: \"chunked\"\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding:\r\n\r\n",
                "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
                "PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
            })
    void aHeadThatMayBeReadInTwoWaysGoesNoFurther(String head) {
        for (int piece : new int[] {1, 5, 1000}) {
            String good = "GET /v2/ HTTP/1.1\r\n" + HOST + "\r\n";
            RequestStream stream = new RequestStream();
            ByteArrayOutputStream accepted = new ByteArrayOutputStream();

            assertThatThrownBy(() -> {
                        stream.read(bytes(good), accepted);
                        for (int at = 0; at < head.length(); at += piece) {
                            String part = head.substring(at, Math.min(head.length(), at + piece));
                            stream.read(bytes(part), accepted);
                        }
                    })
                    .isInstanceOf(MalformedRequestException.class);
            assertThat(accepted).hasToString(good);
            assertThat(stream.isBetweenRequests()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " 5\r\nhello\r\n0\r\n\r\n",
                "5\nhello\n0\n\n",
                "5;x\r\nhello\r\n0\r\n\r\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                "-5\r\n",
                "\r\n",
                "0x5\r\n",
                "0000000000000005\r\n",
                "0\r\nTrailer: a\r\n\r\n"
            })
    void aChunkThatMayBeReadInTwoWaysIsRefused(String chunks) {
        String head = "PUT / HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n";

        assertThatThrownBy(() -> accepted(head + chunks, 1)).isInstanceOf(MalformedRequestException.class);
        assertThatThrownBy(() -> accepted(head + chunks, 1000)).isInstanceOf(MalformedRequestException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n"})
    void noMoreIsReadThanOneRequest(String header) throws Exception {
        String body = header.isEmpty() ? "" : header.startsWith("C") ? "hello" : "5\r\nhello\r\n0\r\n\r\n";
        String request = "PUT / HTTP/1.1\r\n" + HOST + header + "\r\n" + body;
        ByteBuffer three = bytes(request.repeat(3));
        ByteArrayOutputStream accepted = new ByteArrayOutputStream();

        new RequestStream().read(three, accepted);

        assertThat(accepted).hasToString(request);
        assertThat(three.remaining()).isEqualTo(2 * request.length());
    }

    @Test
    void aHeadHasAnEnd() {
        String head = "GET / HTTP/1.1\r\n" + HOST + "A: " + "a".repeat(RequestStream.LONGEST_HEAD);

        assertThatThrownBy(() -> accepted(head, 8192)).isInstanceOf(MalformedRequestException.class);
    }

    @Test
    void arbitraryBytesAreReadOrRefusedAndNothingElse() {
        Random random = new Random(9);
        String alphabet =
                "GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 12\r\n\r\n0;\u0000";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder sent = new StringBuilder(random.nextBoolean() ? "GET / HTTP/1.1\r\nHost: a\r\n" : "");
            for (int length = random.nextInt(60); length > 0; length--) {
                sent.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                String accepted = accepted(sent.toString(), 1 + random.nextInt(20));
                assertThat(sent.toString()).startsWith(accepted);
            } catch (MalformedRequestException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }
}
