package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(SharedRegistryServer.class)
class ErrorIT {

    private final RegistryServer server;
    private final RegistryClient client;

    ErrorIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    @Test
    void theVersionCheckAnswersAnEmptyObject() {
        HttpResponse<byte[]> answer = expect(200, client.get("/v2/"));

        assertThat(new String(answer.body(), StandardCharsets.UTF_8)).startsWith("{");
        assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
        assertThat(header(answer, "X-Request-Id")).isNotBlank();
    }

    @Test
    void theVersionCheckWithoutSlashRedirectsToTheOneWithIt() {
        assertThat(header(expect(301, client.get("/v2")), "Location")).endsWith("/v2/");
    }

    @Test
    void theRootAnswers200() {
        expect(200, client.get("/"));
        expect(200, client.head("/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/", "/v2/nothing", "/v2/a/b/c", "/nothing/at/all", "/v2/a/tags", "/index.html"})
    void anUnknownRouteAnswers404InTheFormOfEveryError(String path) {
        HttpResponse<byte[]> answer = expect(404, client.get(path));

        assertThat(errorCodes(answer)).hasSize(1);
        assertThat(header(answer, "Content-Type")).startsWith("application/json");
        assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v2/a/manifests/v1",
        "PATCH, /v2/a/manifests/v1",
        "PUT, /v2/a/tags/list",
        "GET, /v2/a/blobs/uploads/",
        "DELETE, /v2/_catalog",
        "POST, /v2/",
        "BREW, /v2/",
    })
    void aMethodThatARouteDoesNotKnowAnswers405InTheFormOfEveryError(String method, String path) {
        assertThat(errorCodes(expect(405, client.send(method, path, BodyPublishers.noBody()))))
                .containsExactly("UNSUPPORTED");
    }

    @Test
    void aRequestAsAHealthCheckOfHttp10SendsItIsAnswered() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.uri().getPort())) {
            socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .endsWith(" 200");
        }
    }

    @Test
    void aProxyThatAsksToUpgradeEveryConnectionIsAnswered() throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.uri().getPort())) {
            socket.getOutputStream()
                    .write("GET /v2/ HTTP/1.1\r\nHost: registry.lain.local\r\nConnection: upgrade\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));

            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
    }

    @Test
    void nothingTellsWhichServerThisIs() {
        HttpResponse<byte[]> answer = client.get("/v2/");

        assertThat(answer.headers().firstValue("Server")).isEmpty();
        assertThat(answer.headers().firstValue("X-Powered-By")).isEmpty();
    }
}
