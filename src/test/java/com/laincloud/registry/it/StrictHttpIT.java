package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RawConnection.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What two readers may understand differently is refused, and nothing that follows on the connection is read. */
@ExtendWith(SharedRegistryServer.class)
class StrictHttpIT {

    private static final String HOST = "Host: registry.lain.local\r\n";
    private static final String NEXT = "GET /v2/smuggled/tags/list HTTP/1.1\r\n" + HOST + "\r\n";

    private final RegistryServer server;

    StrictHttpIT(RegistryServer server) {
        this.server = server;
    }

    private void refused(String request) {
        try (RawConnection connection = new RawConnection(server.uri())) {
            Answer answer = connection.send(request + NEXT).answer();

            assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
            assertThat(answer.body()).startsWith("{\"errors\":[{\"code\":\"");
            assertThat(answer.header("Date")).isPresent();
            assertThat(answer.header("X-Content-Type-Options")).hasValue("nosniff");
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "TRACE /v2/ HTTP/1.1\r\nContent-Length: 5\r\n",
                "CONNECT registry:80 HTTP/1.1\r\n",
                "PRI * HTTP/2.0\r\n",
                "G\r\nET /v2/ HTTP/1.1\r\n",
                "GET /v2/ HTTP/1.1\r\n folded: x\r\n",
                "GET /v2/ HTTP/1.1\r\nno colon\r\n",
                "GET /v2/ HTTP/1.1\r\n: no name\r\n",
                "GET /v2/ HTTP/1.1\r\nA: b\nB: c\r\n",
                "GET /v2/ HTTP/1.1\r\nHost: another\r\n",
            })
    void aMalformedHeadIsRefusedAndTheConnectionClosed(String head) {
        refused(head + HOST + "\r\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a/b", "a b", "a@b", "[::1", "a:99999", "<x>", "a:port"})
    void aMalformedHostIsRefusedAndTheConnectionClosed(String host) {
        refused("GET /v2/ HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
    }

    @Test
    void aTargetWithAHostDoesNotReplaceTheHost() {
        refused("GET http://registry.lain.local/v2/ HTTP/1.1\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip, chunked",
                "identity, chunked",
                "xchunked",
                ",chunked",
                "\"chunked\"",
                "\r\n chunked",
                "chunked;x",
                "chunked, chunked",
                "chunked\r\nTransfer-Encoding: identity",
                "chunked\r\nContent-Length: 5",
            })
    void anEncodingThatIsNotChunkedAloneIsRefusedAndTheConnectionClosed(String encoding) {
        refused("POST /v2/strict/http/blobs/uploads/ HTTP/1.1\r\n" + HOST + "Transfer-Encoding: " + encoding
                + "\r\n\r\n0\r\n\r\n");
    }

    @Test
    void chunksInHttp10AreRefusedAndTheConnectionClosed() {
        refused("POST /v2/strict/http/blobs/uploads/ HTTP/1.0\r\n" + HOST
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5\nhello\n0\n\n",
                "5\r\nhelloX\r\n0\r\n\r\n",
                " 5\r\nhello\r\n0\r\n\r\n",
                "5;x\r\nhello\r\n0\r\n\r\n"
            })
    void aMalformedChunkIsRefusedAndNothingAfterItIsRead(String chunks) {
        try (RawConnection connection = new RawConnection(server.uri())) {
            Answer answer = connection
                    .send("PUT /v2/strict/http/manifests/v1 HTTP/1.1\r\n" + HOST + "Transfer-Encoding: chunked\r\n\r\n"
                            + chunks + NEXT)
                    .answer();

            assertThat(answer.status()).isEqualTo(400);
            connection.send(NEXT);
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void requestsBeforeAMalformedOneAreAnsweredInTheirTurn() {
        try (RawConnection connection = new RawConnection(server.uri())) {
            connection.send("GET /v2/ HTTP/1.1\r\n" + HOST + "\r\nGET /v2/strict/http/tags/list HTTP/1.1\r\n" + HOST
                    + "\r\nTRACE / HTTP/1.1\r\n" + HOST + "\r\n" + NEXT);

            assertThat(connection.answer().status()).isEqualTo(200);
            assertThat(connection.answer().status()).isEqualTo(404);
            assertThat(connection.answer().status()).isEqualTo(400);
            assertThat(connection.isAtEnd()).isTrue();
        }
    }

    @Test
    void requestsThatAreSentAtOnceAreAnsweredInTheirTurn() {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 300; i++) {
            String unknownUpload = "PATCH /v2/turn/blobs/uploads/turn" + i + " HTTP/1.1\r\n" + HOST;
            requests.append(
                    switch (i % 3) {
                        case 0 -> "GET /v2/turn" + i + "/tags/list HTTP/1.1\r\n" + HOST + "\r\n";
                        case 1 -> unknownUpload + "Content-Length: 3\r\n\r\nabc";
                        default -> unknownUpload + "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
                    });
        }
        try (RawConnection connection = new RawConnection(server.uri())) {
            connection.send(requests.toString());

            for (int i = 0; i < 300; i++) {
                assertThat(connection.answer().body()).contains("UNKNOWN", "\"turn" + i + "\"");
            }
        }
    }

    @Test
    void whatFollowsTheLastRequestOfAConnectionIsNotDone() {
        long position = server.logPosition();
        try (RawConnection connection = new RawConnection(server.uri())) {
            connection.send("GET /v2/ HTTP/1.1\r\n" + HOST + "Connection: close\r\n\r\n" + NEXT);

            assertThat(connection.answer().status()).isEqualTo(200);
            assertThat(connection.isAtEnd()).isTrue();
        }
        assertThat(server.logSince(position)).noneMatch(line -> line.contains("smuggled"));
    }

    @Test
    void http2IsNotSpokenWithoutTls() {
        try (RawConnection connection = new RawConnection(server.uri())) {
            Answer answer = connection
                    .send("GET /v2/ HTTP/1.1\r\n" + HOST
                            + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                            + "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(200);
        }
    }
}
