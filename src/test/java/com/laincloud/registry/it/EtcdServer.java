package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.etcd.TlsFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** A real etcd of one member on loopback, whose two sets of keys, v2's and v3's, know nothing of each other. */
public final class EtcdServer implements AutoCloseable {

    /** The etcd of LAIN's own release, which knows v2 alone, one that knows both, and one that knows v3 alone. */
    public enum Release {
        V2_3("target/go/etcd-2.3"),
        V3_4("etcd --enable-v2=true --log-outputs=stderr"),
        V3_ALONE("etcd --log-outputs=stderr");

        private final String command;

        Release(String command) {
            this.command = command;
        }
    }

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Path directory;
    private final int port;
    private final List<String> options = new ArrayList<>();
    private final HttpClient http;
    private final String scheme;
    private Release release;
    private Process process;

    private EtcdServer(Release release, Optional<TlsFiles> tls) throws IOException {
        this.directory = Files.createTempDirectory("etcd-");
        this.scheme = tls.isPresent() ? "https" : "http";
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5));
        tls.ifPresent(files -> builder.sslContext(files.context()));
        this.http = builder.build();
        this.port = freePort();
        String peers = "http://127.0.0.1:" + freePort();
        options.addAll(List.of(
                "--data-dir=" + directory,
                "--listen-client-urls=" + uri(),
                "--advertise-client-urls=" + uri(),
                "--listen-peer-urls=" + peers,
                "--initial-advertise-peer-urls=" + peers,
                "--initial-cluster=default=" + peers));
        tls.ifPresent(files -> {
            options.add("--client-cert-auth");
            options.add("--trusted-ca-file=" + files.ca().orElseThrow());
            options.add("--cert-file=" + files.certificate().orElseThrow());
            options.add("--key-file=" + files.key().orElseThrow());
        });
        this.release = release;
        this.process = launch();
    }

    /** One that knows both interfaces, and speaks to every client. */
    public static EtcdServer start() {
        return start(Release.V3_4);
    }

    /** One that speaks to every client. */
    public static EtcdServer start(Release release) {
        return start(release, Optional.empty());
    }

    /** One that shows this certificate, and speaks to those alone who show it one that it trusts. */
    public static EtcdServer startWithTls(Release release, TlsFiles files) {
        return start(release, Optional.of(files));
    }

    private static EtcdServer start(Release release, Optional<TlsFiles> tls) {
        try {
            return new EtcdServer(release, tls);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it answers. */
    public URI uri() {
        return URI.create(scheme + "://127.0.0.1:" + port);
    }

    int port() {
        return port;
    }

    /** Sets a key of v2. */
    public void putV2(String key, String value) {
        putV2(key, "value", value);
    }

    /** Makes a directory of v2 with nothing in it. */
    public void makeDirectoryV2(String key) {
        putV2(key, "dir", "true");
    }

    private void putV2(String key, String parameter, String value) {
        String form = parameter + "=" + URLEncoder.encode(value, UTF_8);
        int status = send(HttpRequest.newBuilder(uri().resolve("/v2/keys" + key))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .PUT(BodyPublishers.ofString(form)))
                .statusCode();
        assertThat(status).as(key).isBetween(200, 201);
    }

    /** From now on, the root user alone may do anything, of v2's keys. */
    public void requirePasswordV2(String password) {
        // etcd has keys before it knows the version of its cluster, and no users until then
        await("users of etcd").untilAsserted(() -> setRootPasswordV2(password, Optional.empty()));
        sendV2("PUT", "auth/enable", "", Optional.empty());
        sendV2(
                "PUT",
                "auth/roles/guest",
                "{\"role\":\"guest\",\"revoke\":{\"kv\":{\"read\":[\"/*\"],\"write\":[\"/*\"]}}}",
                Optional.of(password));
    }

    /** Gives the root user of v2's keys another password. */
    public void changePasswordV2(String old, String password) {
        setRootPasswordV2(password, Optional.of(old));
    }

    private void setRootPasswordV2(String password, Optional<String> old) {
        sendV2("PUT", "auth/users/root", "{\"user\":\"root\",\"password\":\"" + password + "\"}", old);
    }

    private void sendV2(String method, String path, String json, Optional<String> rootPassword) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri().resolve("/v2/" + path))
                .header("Content-Type", "application/json")
                .method(method, BodyPublishers.ofString(json));
        rootPassword.ifPresent(password -> request.header("Authorization", "Basic " + base64("root:" + password)));
        HttpResponse<String> answer = send(request);
        assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
    }

    /** Deletes a key, or a directory with all in it; either need not be there. */
    public void deleteV2(String key) {
        int status = send(HttpRequest.newBuilder(uri().resolve("/v2/keys" + key + "?recursive=true"))
                        .DELETE())
                .statusCode();
        assertThat(status).as(key).isIn(200, 404);
    }

    /** Sets a key of v3. */
    public void putV3(String key, String value) {
        v3("kv/put", "{\"key\":\"" + base64(key) + "\",\"value\":\"" + base64(value) + "\"}");
    }

    /** From now on, the root user alone may do anything, of v3's keys. */
    public void requirePasswordV3(String password) {
        v3("auth/user/add", "{\"name\":\"root\",\"password\":\"" + password + "\"}");
        v3("auth/role/add", "{\"name\":\"root\"}");
        v3("auth/user/grant", "{\"user\":\"root\",\"role\":\"root\"}");
        v3("auth/enable", "{}");
    }

    public void deleteV3(String key) {
        v3("kv/deleterange", "{\"key\":\"" + base64(key) + "\"}");
    }

    private void v3(String action, String body) {
        HttpResponse<String> answer =
                send(HttpRequest.newBuilder(uri().resolve("/v3/" + action)).POST(BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
    }

    /** Sent once more if the connection was closed meanwhile: all of these requests may come twice. */
    private HttpResponse<String> send(HttpRequest.Builder request) {
        HttpRequest sent = request.timeout(PATIENCE).build();
        try {
            return http.send(sent, BodyHandlers.ofString());
        } catch (IOException e) {
            return sendAgain(sent, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> sendAgain(HttpRequest sent, IOException failure) {
        try {
            assertThat(process.isAlive())
                    .as("etcd lives, whose log ends with %s", lastOfLog())
                    .isTrue();
            return http.send(sent, BodyHandlers.ofString());
        } catch (IOException e) {
            failure.addSuppressed(e);
            throw new UncheckedIOException(failure);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private String lastOfLog() throws IOException {
        String log = Files.readString(log(), UTF_8);
        return log.substring(Math.max(0, log.length() - 2000));
    }

    private Path log() {
        return directory.resolveSibling(directory.getFileName() + ".log");
    }

    /** SIGKILL, in the middle of whatever it does. */
    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /** SIGKILL, and a start without any key, on the same port and as the same cluster. */
    public void wipe() {
        upgradeWithoutKeys(release);
    }

    /** As {@link #wipe}, but it is of another release from then on. */
    void upgradeWithoutKeys(Release next) {
        kill();
        DirectoryTree.delete(directory);
        release = next;
        startAgain();
    }

    /** Starts it again with the keys it had. */
    void startAgain() {
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        kill();
        DirectoryTree.delete(directory);
        log().toFile().deleteOnExit();
    }

    private Process launch() throws IOException {
        List<String> command = new ArrayList<>(List.of(release.command.split(" ", -1)));
        command.addAll(options);
        Process launched = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        await("etcd to answer at " + uri())
                .atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(50))
                .until(this::isHealthy);
        return launched;
    }

    private boolean isHealthy() {
        try {
            HttpRequest health = HttpRequest.newBuilder(uri().resolve("/health"))
                    .timeout(Duration.ofSeconds(2))
                    .build();
            return http.send(health, BodyHandlers.ofString()).body().contains("true");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
