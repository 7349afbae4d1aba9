package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RawConnection.Answer;
import com.laincloud.registry.oci.Digest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is sent: an answer that a client can read, and a server that goes on. */
@ExtendWith(SharedRegistryServer.class)
class HostileRequestIT {

    private static final String CLOSE = "Host: registry.lain.local\r\nConnection: close\r\n";
    private static final Digest EMPTY = digest(new byte[0]);

    private final RegistryServer server;
    private final RegistryClient client;

    HostileRequestIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    /** The answer, which must be no server's fault, and in the specification's form if it has any. */
    private Answer exchange(String request) {
        Answer answer = RawConnection.exchange(server.uri(), request);
        assertThat(answer.status()).as(answer.toString()).isBetween(200, 499);
        assertThat(answer.body()).doesNotContainIgnoringCase("<html").doesNotContain("Exception");
        if (answer.status() >= 400 && !answer.body().isEmpty()) {
            assertThat(answer.header("Content-Type")).hasValue("application/json");
            assertThat(answer.body()).startsWith("{\"errors\":[{\"code\":\"");
        }
        expect(200, client.get("/v2/"));
        return answer;
    }

    private Answer get(String target) {
        return exchange("GET " + target + " HTTP/1.1\r\n" + CLOSE + "\r\n");
    }

    @ParameterizedTest
    @CsvSource({
        "/v2/a/../b/tags/list, NAME_INVALID",
        "/v2/a%2f..%2fb/tags/list, NAME_INVALID",
        "/v2/a//b/tags/list, NAME_INVALID",
        "/v2//tags/list, NAME_INVALID",
        "/v2/a/b//.., NAME_INVALID",
        "/v2/a%2Fb/tags/list, NAME_INVALID",
        "/v2/a/tags/list;x, NAME_INVALID",
        "/v2/a/manifests/a;b, NAME_INVALID",
        "/v2/a;b/manifests/a, NAME_INVALID",
        "/v2/%2e%2e%2fa/tags/list, NAME_INVALID",
        "/v2/a%00b/tags/list, NAME_INVALID",
        "/v2/a%zz/tags/list, NAME_INVALID",
        "/v2/a%/tags/list, NAME_INVALID",
        "/v2/a%4/tags/list, NAME_INVALID",
        "/v2/%ff%fe/tags/list, NAME_INVALID",
        "/v2/%C0%AE%C0%AE/tags/list, NAME_INVALID",
        "/v2/a%5cb/tags/list, NAME_INVALID",
        "/v2/a\\b/tags/list, NAME_INVALID",
        "/v2/caf%C3%A9/tags/list, NAME_INVALID",
        "/v2/a%20b/tags/list, NAME_INVALID",
        "/v2/a/manifests/sha256:%00, DIGEST_INVALID",
        "/v2/a/blobs/%zz, DIGEST_INVALID",
        "/v2/a/referrers/%zz, DIGEST_INVALID",
        "/v2/_catalog?n=%zz, PAGINATION_NUMBER_INVALID",
        "/v2/_catalog?n=-1, PAGINATION_NUMBER_INVALID",
        "/v2/_catalog?n=%00, PAGINATION_NUMBER_INVALID",
        "/v2/a/manifests/latest?at=2026-01-01T00:00:00, UNSUPPORTED",
        "/v2/a/manifests/latest?at=2126-01-01T00:00:00Z, UNSUPPORTED",
        "/v2/a/manifests/latest?at=, UNSUPPORTED",
        "/v2/a/manifests/latest?at=-999999999-01-01T00:00:00Z, UNSUPPORTED",
        "/v2/a/manifests/latest?at=2026-01-01T00:00:00Z&at=2026-01-02T00:00:00Z, UNSUPPORTED",
        "/v2/a/manifests/latest?At=2026-01-01T00:00:00Z, UNSUPPORTED",
        "/v2/a/blobs/sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855?at=2026-01-01T00:00:00Z, UNSUPPORTED",
        "/v2/a/tags/list?n=1&As-Of=yesterday, UNSUPPORTED",
        "/v2/_catalog?at, UNSUPPORTED",
    })
    void whatIsNoNameTagOrDigestIsRefusedInTheSpecificationsWords(String target, String code) {
        Answer answer = get(target);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"" + code + "\"");
    }

    /** Every target of up to five of these, since the container has read past the end of some and answered 200. */
    @Test
    void noTargetOfDotsAndSlashesIsGrantedBeforeTheApplicationHearsOfIt() {
        List<String> targets = List.of("/");
        for (int parts = 0; parts < 5; parts++) {
            targets = targets.stream()
                    .flatMap(target -> Stream.of("/", "%2F", ".", "%2e", "a").map(target::concat))
                    .toList();
            assertThat(targets)
                    .allSatisfy(target -> assertThat(RawConnection.exchange(
                                    server.uri(), "GET " + target + " HTTP/1.1\r\n" + CLOSE + "\r\n"))
                            .satisfiesAnyOf(
                                    answer -> assertThat(answer.status()).isEqualTo(400),
                                    answer -> assertThat(answer.header("X-Request-Id"))
                                            .isPresent()));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/%",
                "/v2/%zz",
                "/v2/../v2/",
                "/v2/%2e%2e/",
                "/v2/a/tags/list%20",
                "/v2/a/manifests/latest/",
                "/WEB-INF/web.xml",
                "/META-INF/",
                "/META-INF/MANIFEST.MF",
                "/error-page",
                "/v2/a/unknown/%00",
                "*"
            })
    void whatIsNoRouteIsRefusedAsEveryOther(String target) {
        Answer answer = get(target);

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.body()).contains("UNSUPPORTED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/../../etc/passwd", "/%2e%2e/v2/", "/v2/\u00ff\u00fe/tags/list", "no-slash", "/metrics"})
    void whatTheContainerRefusesIsNoPageOfHtml(String target) {
        assertThat(get(target).status()).isBetween(400, 404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/_catalog?last=%00",
                "/v2/_catalog?last=a%00b",
                "/v2/_catalog?last=%ff",
                "/v2/_catalog?last=%ED%A0%80",
                "/v2/_catalog?last=%zz",
                "/v2/_catalog?%",
                "/v2/_catalog?&&=&=",
                "/v2/_catalog?n=1&n=2",
                "/v2/_catalog?n=99999999999999999999999",
                "/v2/_catalog?n=",
                "/v2/_catalog?last=" + "\u00e9",
                "http://elsewhere.example/v2/"
            })
    void whatCanBeAnsweredIs(String target) {
        assertThat(get(target).status()).isEqualTo(200);
    }

    @Test
    void ofAParameterThatIsGivenTwiceTheFirstCounts() {
        client.startUpload("hostile/twice");

        assertThat(get("/v2/hostile/twice/tags/list?n=0&n=x").status()).isEqualTo(200);
        assertThat(get("/v2/hostile/twice/tags/list?n=x&n=0").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 20_000, 100_000, 10 << 20})
    void aTargetOfAnyLengthIsRefused(int length) {
        assertThat(get("/v2/" + "a".repeat(length) + "/tags/list").status()).isIn(400, 414);
    }

    @Test
    void aTlsClientIsToldInPlainHttpThatThisIsPlainHttp() {
        Answer answer = RawConnection.exchange(server.uri(), "\u0016\u0003\u0001\u0000\u00f8\u0001\u0000\u0000\u00f4");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).isEqualTo("this is no HTTP here\n");
    }

    @Test
    void thousandsOfHeadersAreRefused() {
        assertThat(exchange("GET /v2/ HTTP/1.1\r\n" + "X-Header: a\r\n".repeat(5_000) + CLOSE + "\r\n")
                        .status())
                .isIn(400, 431);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/1.0", "GET /v2/ HTTP/1.0", "GET /v2/_catalog HTTP/1.0"})
    void http10WithoutAHostIsAnswered(String request) {
        assertThat(exchange(request + "\r\n\r\n").status()).isEqualTo(200);
    }

    @Test
    void anUploadByHttp10IsToldAPathToGoOnAt() {
        Answer answer = exchange("POST /v2/hostile/http10/blobs/uploads/ HTTP/1.0\r\nContent-Length: 0\r\n\r\n");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.header("Location"))
                .hasValueSatisfying(at -> assertThat(at).startsWith("/v2/hostile/http10/blobs/uploads/"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: upgrade\r\n",
                "Connection: upgrade\r\nUpgrade: websocket\r\n",
                "Connection: keep-alive, Upgrade\r\nUpgrade: TLS/1.0\r\n"
            })
    void anUpgradeThatIsNotOfferedIsNotMade(String headers) {
        assertThat(exchange("GET /v2/ HTTP/1.1\r\nHost: a\r\n" + headers + "\r\n")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: -1\r\n",
                "Content-Length: abc\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length: 0\r\nContent-Length: 5\r\n",
                "Content-Length : 0\r\n",
                "Content-Length: 0\r\nUser-Agent: a\u0000b\r\n"
            })
    void aHeadThatContradictsItselfIsRefused(String headers) {
        assertThat(exchange("POST /v2/hostile/head/blobs/uploads/ HTTP/1.1\r\n" + headers + CLOSE + "\r\n")
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"zz\r\nabc\r\n0\r\n\r\n", "-5\r\nabc\r\n0\r\n\r\n", "ffffffffffffffffff\r\nabc\r\n0\r\n\r\n"})
    void aBodyInBrokenChunksIsRefused(String body) {
        assertThat(exchange("PUT /v2/hostile/chunks/manifests/v1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + CLOSE
                                + "\r\n" + body)
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept: ;;;,,,/\r\n",
                "Content-Type: ;;;\r\n",
                "Content-Type: /\r\n",
                "Cookie: $Version=x;;=\r\n",
                "Accept-Language: ;q=zz\r\n",
                "Accept-Encoding: ;q=zz\r\n",
                "Accept-Charset: ;q=zz\r\n",
                "nothing\r\n",
                "If-None-Match: \",,W/\"*\r\n",
                "If-Match: \u00ff\u00fe\r\n",
                "If-Modified-Since: never\r\n",
                "Authorization: Bearer \r\n",
                "Authorization: \u00e9\r\n",
                "Range: bytes=0-,-1,5-3\r\n"
            })
    void aHeaderThatIsUnreadableDoesNoHarm(String line) {
        for (String request : new String[] {
            "GET /v2/hostile/header/manifests/v1",
            "DELETE /v2/hostile/header/manifests/v1",
            "GET /v2/hostile/header/blobs/" + EMPTY
        }) {
            assertThat(exchange(request + " HTTP/1.1\r\n" + line + CLOSE + "\r\n")
                            .status())
                    .isIn(400, 404);
        }
        assertThat(exchange("PUT /v2/hostile/header/manifests/v1 HTTP/1.1\r\nContent-Length: 2\r\n" + line + CLOSE
                                + "\r\n{}")
                        .status())
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 999.1.1.1",
                "X-Forwarded-For: a::b::c",
                "X-Forwarded-For: 1:2",
                "X-Forwarded-For: ,,",
                "X-Forwarded-For: localhost",
                "X-Forwarded-Host: a b\tc",
                "X-Forwarded-Proto: gopher",
                "Host: "
            })
    void aClientThatPretendsToBeAnotherMayPush(String line) {
        assertThat(exchange("POST /v2/hostile/another/blobs/uploads/?digest=" + EMPTY
                                + " HTTP/1.1\r\nContent-Length: 0\r\n" + line + "\r\n"
                                + (line.startsWith("Host") ? "Connection: close\r\n" : CLOSE) + "\r\n")
                        .status())
                .isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 206, bytes 0-0/10",
        "bytes=5-, 206, bytes 5-9/10",
        "bytes=-3, 206, bytes 7-9/10",
        "bytes=0-99999999999999999999, 206, bytes 0-9/10",
        "bytes=-99999999999999999999, 206, bytes 0-9/10",
        "bytes=10-, 416, bytes */10",
        "bytes=99999999999999999999-, 416, bytes */10",
        "bytes=-0, 416, bytes */10",
        "'bytes=0-0,5-6', 200,",
        "bytes=--1, 200,",
        "bytes=-1-5, 200,",
        "bytes=5-3, 416, bytes */10",
        "bytes=a-b, 200,",
        "bytes=, 200,",
        "bytes=-, 200,",
        "chars=0-1, 200,",
        "bytes=0x1-2, 200,",
    })
    void aRangeIsServedRefusedOrIgnored(String range, int status, String contentRange) {
        Digest digest = client.pushBlob("hostile/range", "0123456789".getBytes(StandardCharsets.UTF_8));

        HttpResponse<byte[]> answer = expect(status, client.get("/v2/hostile/range/blobs/" + digest, "Range", range));

        if (contentRange == null) {
            assertThat(answer.body()).hasSize(10);
        } else {
            assertThat(header(answer, "Content-Range")).isEqualTo(contentRange);
        }
    }

    @Test
    void aClientThatWaitsToBeToldToGoOnIsTold() {
        byte[] content = "expected".getBytes(StandardCharsets.UTF_8);
        try (RawConnection connection = new RawConnection(server.uri())) {
            connection.send("POST /v2/hostile/expect/blobs/uploads/?digest=" + digest(content)
                    + " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 8\r\n" + CLOSE + "\r\n");
            assertThat(connection.answer().status()).isEqualTo(100);
            connection.send("expected");

            assertThat(connection.answer().status()).isEqualTo(201);
        }
        assertThat(client.pullBlob("hostile/expect", digest(content))).isEqualTo(content);
    }

    /** The container tells every client to go on, unasked. What matters is that no client has to go on to be refused. */
    @ParameterizedTest
    @CsvSource({
        "PUT, /v2/UPPER/manifests/v1, 400",
        "PUT, /v2/hostile/expect/manifests/v1, 413",
        "POST, /v2/hostile/expect/blobs/uploads/?digest=md5:0, 400",
        "PUT, /v2/hostile/expect/blobs/uploads/nothing?digest=sha256:0, 400",
        "PATCH, /v2/hostile/expect/blobs/uploads/nothing, 404",
        "PUT, /v2/nothing, 404",
    })
    void aClientThatWaitsToBeToldToGoOnIsRefusedBeforeItDoes(String method, String target, int status) {
        try (RawConnection connection = new RawConnection(server.uri())) {
            connection.send(method + " " + target + " HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 20000000\r\n"
                    + CLOSE + "\r\n");
            Answer answer = connection.answer();
            if (answer.status() == 100) {
                answer = connection.answer();
            }

            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.body()).startsWith("{\"errors\"");
        }
    }

    @Test
    void anExpectationThatNoServerCanMeetIsRefused() {
        assertThat(exchange("GET /v2/ HTTP/1.1\r\nExpect: a miracle\r\n" + CLOSE + "\r\n")
                        .status())
                .isEqualTo(417);
    }

    @Test
    void aTargetThatCannotBeDecodedIsRefusedAfterOneThatCan() {
        try (RawConnection connection = new RawConnection(server.uri())) {
            for (String target : List.of("/v2/", "/v2/a%zz/tags/list")) {
                connection.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
            }

            assertThat(connection.answer().status()).isEqualTo(200);
            assertThat(connection.answer().status()).isEqualTo(400);
        }
    }
}
