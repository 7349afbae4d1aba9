package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.RawConnection.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Behind a real proxy that keeps its connections, the answer to one client's request never reaches another client. */
@ExtendWith(SharedRegistryServer.class)
class ProxyIT {

    private static final int ROUNDS = Integer.getInteger("registry.it.proxy.rounds", 5);
    private static final Duration SOON = Duration.ofSeconds(20);

    /** What the second reader may take for another request. */
    private static final String HIDDEN = "GET /v2/hidden/by/client/tags/list HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final List<String> FORMS = List.of(
            "TRACE /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: " + HIDDEN.length() + "\r\n\r\n" + HIDDEN,
            chunked("Transfer-Encoding: gzip, chunked"),
            chunked("Transfer-Encoding: identity, chunked"),
            chunked("Transfer-Encoding: xchunked"),
            chunked("Transfer-Encoding: ,chunked"),
            chunked("Transfer-Encoding: \"chunked\""),
            chunked("Transfer-Encoding:\r\n chunked"),
            chunked("Transfer-Encoding: chunked;x"),
            chunked("Transfer-Encoding: chunked, chunked"),
            chunked("Transfer-Encoding : chunked"),
            chunked("Transfer-Encoding: chunked\r\nContent-Length: 5"),
            chunked("Content-Length: 5\r\nTransfer-Encoding: chunked"),
            chunked("Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0"),
            chunked("Transfer-Encoding: chunked").replace("0\r\n\r\n", "5\nhello\n0\n\n"),
            chunked("Transfer-Encoding: chunked").replace("0\r\n\r\n", "5\r\nhelloX\r\n0\r\n\r\n"),
            chunked("Transfer-Encoding: chunked").replace("0\r\n\r\n", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n"),
            "GET /v2/ HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
            "GET /v2/ HTTP/1.1\r\nHost: a/b\r\n\r\n",
            "GE\r\nT /v2/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "GET /v2/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello");

    private final RegistryServer server;

    @TempDir
    Path directory;

    ProxyIT(RegistryServer server) {
        this.server = server;
    }

    private static String chunked(String header) {
        return "POST /v2/proxy/it/blobs/uploads/ HTTP/1.1\r\nHost: a\r\n" + header + "\r\n\r\n0\r\n\r\n" + HIDDEN;
    }

    enum Proxy {
        NGINX {
            @Override
            String configuration(String registry, int port, Path directory) {
                return """
                        daemon off; pid %3$s/pid; error_log %3$s/error; worker_processes 1;
                        events {}
                        http {
                          access_log off; client_body_temp_path %3$s/b; proxy_temp_path %3$s/p;
                          fastcgi_temp_path %3$s/f; uwsgi_temp_path %3$s/u; scgi_temp_path %3$s/s;
                          upstream registry { server %1$s; keepalive 1; }
                          server {
                            listen 127.0.0.1:%2$d;
                            location / {
                              proxy_pass http://registry; proxy_http_version 1.1; proxy_set_header Connection "";
                              proxy_request_buffering off;
                            }
                          }
                        }
                        """.formatted(registry, port, directory);
            }

            @Override
            List<String> command(Path configuration) {
                return List.of("/usr/sbin/nginx", "-c", configuration.toString());
            }
        },
        HAPROXY {
            @Override
            String configuration(String registry, int port, Path directory) {
                return """
                        global
                          maxconn 100
                        defaults
                          mode http
                          timeout connect 10s
                          timeout client 30s
                          timeout server 30s
                          http-reuse always
                        listen registry
                          bind 127.0.0.1:%2$d
                          option accept-invalid-http-request
                          server registry %1$s
                        """.formatted(registry, port);
            }

            @Override
            List<String> command(Path configuration) {
                return List.of("/usr/sbin/haproxy", "-db", "-f", configuration.toString());
            }
        };

        abstract String configuration(String registry, int port, Path directory);

        abstract List<String> command(Path configuration);
    }

    @ParameterizedTest
    @EnumSource
    void everyClientGetsTheAnswerToItsOwnRequest(Proxy proxy) throws Exception {
        int port = RegistryServer.freePort();
        Path configuration = Files.writeString(
                directory.resolve("configuration"), proxy.configuration(server.authority(), port, directory));
        Process process = new ProcessBuilder(proxy.command(configuration))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
        URI address = URI.create("http://127.0.0.1:" + port + "/");
        try {
            await().atMost(SOON).until(() -> answers(port));
            for (int round = 0; round < ROUNDS; round++) {
                for (String form : FORMS) {
                    try (RawConnection attacker = new RawConnection(address)) {
                        attacker.send(form);
                        String repository = "proxy/victim" + round;
                        Answer answer = RawConnection.exchange(
                                address,
                                "GET /v2/" + repository
                                        + "/tags/list HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

                        assertThat(answer.status()).as(form).isEqualTo(404);
                        assertThat(answer.body()).as(form).contains(repository).doesNotContain("hidden");
                    }
                }
            }
        } finally {
            process.destroy();
            process.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static boolean answers(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }
}
