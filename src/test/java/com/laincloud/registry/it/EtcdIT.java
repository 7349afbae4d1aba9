package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import jakarta.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URISyntaxException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Settings in a real etcd, over either of its interfaces: what is written there is in force within two seconds, what is wrong
 * never is, and an etcd that is away changes nothing.
 */
class EtcdIT {

    private static final Duration PROMISE = Duration.ofSeconds(2);

    /** On a machine that builds something else at the same time, a promise may take longer without being broken. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final String AUTH = "/lain/config/auth/registry";
    private static final String TREE = "/lain/config/registry/";
    private static final String OPENED = """
            {"realm": "http://console.lain.local/api/v1/authorize/registry/", "issuer": "auth server", "service": "lain.local"}""";

    private final String certificate = certificate();

    @ParameterizedTest
    @EnumSource(names = {"V2_3", "V3_4"})
    void overV2AsInLainEveryStateOfItsKeyMeansWhatItAlwaysMeantAndTakesEffectAtOnce(EtcdServer.Release release) {
        try (EtcdServer etcd = EtcdServer.start(release)) {
            etcd.putV2("/lain/config/domain", "lain.local");
            try (RegistryServer server = RegistryServer.start(environment(etcd, "v2"))) {
                RegistryClient client = new RegistryClient(server.uri());

                // absent: open, though the environment names a token service
                assertThat(client.get("/v2/").statusCode()).isEqualTo(200);

                etcd.putV2(AUTH, OPENED);
                Duration opening = untilStatus(client, 401);
                assertThat(header(client.get("/v2/"), "WWW-Authenticate"))
                        .contains("realm=\"http://console.lain.local/api/v1/authorize/registry/\"")
                        .contains("service=\"lain.local\"");

                // malformed, an empty field, a field missing, a directory, absent again: each turns it off
                for (String malformed :
                        List.of("closed", OPENED.replace("auth server", ""), "{\"realm\": \"http://console/\"}")) {
                    etcd.putV2(AUTH, malformed);
                    untilStatus(client, 200);
                    etcd.putV2(AUTH, "  " + OPENED + "\n");
                    untilStatus(client, 401);
                }
                etcd.deleteV2(AUTH);
                etcd.putV2(AUTH + "/realm", "http://console/");
                untilStatus(client, 200);
                etcd.deleteV2(AUTH);
                etcd.putV2(AUTH, OPENED);
                untilStatus(client, 401);
                etcd.deleteV2(AUTH);
                untilStatus(client, 200);

                etcd.putV2(TREE + "storage/maintenance/readonly/enabled", "true");
                Duration readOnly = untilUploadsAnswer(client, 405);
                etcd.deleteV2(TREE + "storage");
                untilUploadsAnswer(client, 202);
                System.out.printf("etcd v2: auth on after %s, read-only after %s%n", opening, readOnly);
                assertThat(List.of(opening, readOnly)).allMatch(duration -> duration.compareTo(PROMISE) < 0);

                changesAHundredTimesUnderLoad(client, value -> etcd.putV2(TREE + "http/headers/X-Turn", value));
                isKilledAndComesBack(etcd, server, client);
                refusesWhatIsWrong(
                        server,
                        client,
                        (key, value) -> etcd.putV2(TREE + key, value),
                        key -> etcd.deleteV2(TREE + key));
            }
        }
    }

    @Test
    void overV3ItIsTheSame() {
        try (EtcdServer etcd = EtcdServer.start()) {
            etcd.putV3(AUTH, OPENED);
            etcd.putV3(TREE + "log/formatter", "json");
            try (RegistryServer server = RegistryServer.start(environment(etcd, "auto"))) {
                RegistryClient client = new RegistryClient(server.uri());
                assertThat(client.get("/v2/").statusCode()).isEqualTo(401);
                assertThat(server.logSince(0))
                        .anyMatch(line -> line.startsWith("{\"time\":")
                                && line.contains("\"http.request.uri\":\"/v2/\"")
                                && line.contains("\"http.response.status\":401"));

                etcd.deleteV3(AUTH);
                Duration closing = untilStatus(client, 200);
                etcd.putV3(TREE + "log/formatter", "text");
                await().atMost(PATIENCE).until(() -> {
                    client.get("/v2/");
                    List<String> lines = server.logSince(0);
                    return !lines.getLast().startsWith("{");
                });
                etcd.putV3(TREE + "storage/maintenance/readonly/enabled", "true");
                Duration readOnly = untilUploadsAnswer(client, 405);
                etcd.deleteV3(TREE + "storage/maintenance/readonly/enabled");
                untilUploadsAnswer(client, 202);
                System.out.printf("etcd v3: auth off after %s, read-only after %s%n", closing, readOnly);
                assertThat(List.of(closing, readOnly)).allMatch(duration -> duration.compareTo(PROMISE) < 0);

                changesAHundredTimesUnderLoad(client, value -> etcd.putV3(TREE + "http/headers/X-Turn", value));
                etcd.putV3(AUTH, OPENED);
                untilStatus(client, 401);
                etcd.kill();

                // and across a restart, without any etcd: authentication is still on
                Instant began = Instant.now();
                server.restart();
                assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(60));
                assertThat(client.get("/v2/").statusCode()).isEqualTo(401);
                assertThat(server.logSince(0)).anyMatch(line -> line.contains("etcd tells no settings"));
                etcd.startAgain();
                etcd.deleteV3(AUTH);
                untilStatus(client, 200);
            }
        }
    }

    /** LAIN's key is the only one there is, as is usual. */
    @ParameterizedTest
    @CsvSource({"V2_3, auto", "V3_4, auto"})
    void anEtcdThatIsWipedOrUpgradedTurnsNothingOffNotEvenOverARestartAndDeletingTheKeyDoes(
            EtcdServer.Release release, String api) {
        boolean isV2 = release == EtcdServer.Release.V2_3;
        try (EtcdServer etcd = EtcdServer.start(release)) {
            Consumer<String> put = value -> {
                if (isV2) {
                    etcd.putV2(AUTH, value);
                } else {
                    etcd.putV3(AUTH, value);
                }
            };
            Runnable delete = () -> {
                if (isV2) {
                    etcd.deleteV2(AUTH);
                } else {
                    etcd.deleteV3(AUTH);
                }
            };
            put.accept(OPENED);
            try (RegistryServer server = RegistryServer.start(environment(etcd, api))) {
                RegistryClient client = new RegistryClient(server.uri());
                expect(401, client.get("/v2/"));
                delete.run();
                untilStatus(client, 200);
                put.accept(OPENED);
                untilStatus(client, 401);

                etcd.wipe();
                untilLossesTold(server, 1);
                expect(401, client.get("/v2/"));
                server.terminate();
                if (release == EtcdServer.Release.V2_3) {
                    etcd.upgradeWithoutKeys(EtcdServer.Release.V3_4); // a start for the first time would speak v3
                }
                server.startAgain();
                untilLossesTold(server, 3); // by the start, and by who follows etcd from then on
                expect(401, client.get("/v2/"));

                put.accept(OPENED.replace("console.lain.local", "console.elsewhere"));
                await().atMost(PATIENCE)
                        .until(() ->
                                header(client.get("/v2/"), "WWW-Authenticate").contains("console.elsewhere"));
                delete.run();
                untilStatus(client, 200);
                put.accept(OPENED);
                untilStatus(client, 401);
                server.terminate();
                delete.run();
                server.startAgain();
                expect(200, client.get("/v2/"));
                assertThat(lossesTold(server)).isEqualTo(3);
            }
        }
    }

    private static void untilLossesTold(RegistryServer server, int count) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(lossesTold(server)).isEqualTo(count));
    }

    private static long lossesTold(RegistryServer server) {
        return server.logSince(0).stream()
                .filter(line -> line.contains("etcd has lost its keys"))
                .count();
    }

    @Test
    void aWrongPasswordIsAnOutageToARunningRegistryAndARefusalToOneThatKnowsNothing() {
        try (EtcdServer etcd = EtcdServer.start(EtcdServer.Release.V2_3)) {
            etcd.putV2(AUTH, OPENED);
            etcd.requirePasswordV2("hunter2");
            Map<String, String> environment = new HashMap<>(environment(etcd, "auto"));
            environment.put("REGISTRY_ETCD_USERNAME", "root");
            environment.put("REGISTRY_ETCD_PASSWORD", "hunter2");
            try (RegistryServer server = RegistryServer.start(environment)) {
                RegistryClient client = new RegistryClient(server.uri());
                expect(401, client.get("/v2/"));

                etcd.changePasswordV2("hunter2", "hunter3"); // and the registry is not told
                await().atMost(PATIENCE)
                        .until(() -> server.logSince(0).stream()
                                .anyMatch(
                                        line -> line.contains("etcd does not answer") && line.contains("status 401")));
                expect(401, client.get("/v2/"));
                assertThat(server.logSince(0)).noneMatch(line -> line.contains("hunter"));

                environment.put("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", server.root() + "-of-another");
                environment.put("REGISTRY_HTTP_ADDR", "127.0.0.1:" + RegistryServer.freePort());
                environment.put("REGISTRY_ETCD_TIMEOUT", "5s"); // time for the answer on a busy machine, too
                assertThat(RegistryCommand.run(environment, "serve").refusal())
                        .startsWith("registry: etcd.endpoints: ")
                        .contains("status 401")
                        .doesNotContain("hunter");
            }
        }
    }

    @Test
    void anEtcdThatHangsOrRefusesFromTheBeginningEndsTheStartInOneLineWithinItsTimeOut() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            String hung = refusedStart(hanging.getLocalPort(), "v2");
            assertThat(hung).contains("no answer within").contains("none of an earlier start are kept");
            assertThat(refusedStart(hanging.getLocalPort(), "v3")).contains("tells no settings within 2.0 s");
        }
        assertThat(refusedStart(1, "auto")).contains("tells no settings within 2.0 s");
    }

    private static String refusedStart(int port, String api) throws IOException, InterruptedException {
        Path root = Files.createTempDirectory("registry-");
        ProcessBuilder launcher = new ProcessBuilder("payara/registry", "serve").redirectErrorStream(true);
        launcher.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
        launcher.environment()
                .putAll(Map.of(
                        "REGISTRY_HTTP_ADDR",
                        "127.0.0.1:0",
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                        root.toString(),
                        "REGISTRY_ETCD_ENDPOINTS",
                        "http://127.0.0.1:" + port,
                        "REGISTRY_ETCD_API",
                        api,
                        "REGISTRY_ETCD_TIMEOUT",
                        "2s"));
        Instant began = Instant.now();
        Process process = launcher.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(output).isEqualTo(1);
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(20));
        DirectoryTree.delete(root);
        return assertThat(output.lines().toList())
                .singleElement()
                .asString()
                .startsWith("registry: etcd.endpoints: ")
                .actual();
    }

    private static void changesAHundredTimesUnderLoad(RegistryClient client, Consumer<String> put) {
        AtomicBoolean isOver = new AtomicBoolean();
        List<Thread> load = IntStream.range(0, 4)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    while (!isOver.get()) {
                        expect(200, client.get("/v2/"));
                    }
                }))
                .toList();
        try {
            for (int turn = 1; turn <= 100; turn++) {
                put.accept("[turn-" + turn + "]");
            }
            Instant last = Instant.now();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(10))
                    .until(() -> client.get("/v2/")
                            .headers()
                            .firstValue("X-Turn")
                            .filter("turn-100"::equals)
                            .isPresent());
            System.out.printf(
                    "etcd: the last of 100 changes in force after %s%n", Duration.between(last, Instant.now()));
        } finally {
            isOver.set(true);
            load.forEach(thread -> {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    private void isKilledAndComesBack(EtcdServer etcd, RegistryServer server, RegistryClient client) {
        etcd.putV2(AUTH, OPENED);
        untilStatus(client, 401);
        etcd.kill();
        await().atMost(PATIENCE)
                .until(() -> server.logSince(0).stream().anyMatch(line -> line.contains("etcd does not answer")));
        assertThat(client.get("/v2/").statusCode()).isEqualTo(401);

        // something that accepts and never answers in its place, as a machine that is out of memory does
        try (ServerSocket hanging = new ServerSocket(etcd.port(), 50, InetAddress.getLoopbackAddress())) {
            await().atMost(PATIENCE).until(() -> {
                hanging.accept(); // the registry has come to it
                return true;
            });
            assertThat(client.get("/v2/").statusCode()).isEqualTo(401);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }

        etcd.startAgain();
        etcd.deleteV2(AUTH);
        untilStatus(client, 200);
        assertThat(server.logSince(0)).anyMatch(line -> line.contains("etcd answers again"));
    }

    private static void refusesWhatIsWrong(
            RegistryServer server, RegistryClient client, BiConsumer<String, String> put, Consumer<String> delete) {
        byte[] image = SampleManifests.image(client.pushBlob("ruled", "{}".getBytes(StandardCharsets.UTF_8)), 2);
        put.accept("retention/rules", "[{immutable: [v*]}]");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(setting(json(client.get("/admin/config")), "retention.rules")
                                .getString("source"))
                        .isEqualTo("etcd"));
        client.pushManifest("ruled", "v1", SampleManifests.TYPE, image);
        for (String[] wrong : new String[][] {
            {"[{immutable: ['[v']}]", "is no pattern"},
            {"[{protect: [latest], keep: {newest: 1}}]", "has keep and no among"},
            {"[{protect: [latest], burn: true}]", "has burn and no immutable"}
        }) {
            long position = server.logPosition();
            put.accept("retention/rules", wrong[0]);
            await().atMost(PATIENCE)
                    .until(() -> server.logSince(position).stream().anyMatch(line -> line.contains(wrong[1])));
            HttpResponse<byte[]> refused = client.put(
                    "/v2/ruled/manifests/v1",
                    (new String(image, StandardCharsets.UTF_8) + " ").getBytes(StandardCharsets.UTF_8),
                    "Content-Type",
                    SampleManifests.TYPE);
            assertThat(errorCodes(expect(409, refused)))
                    .as("the last good rules stay")
                    .containsExactly("TAG_IMMUTABLE");
        }
        delete.accept("retention/rules");

        put.accept("catalog/maxentries", "none");
        await().atMost(PATIENCE)
                .until(() -> server.logSince(0).stream()
                        .anyMatch(line -> line.contains("catalog.maxentries: \\\"none\\\" from etcd: must be ")
                                || line.contains("catalog.maxentries: \"none\" from etcd: must be ")));
        put.accept("http/headers/X-Late", "[late]"); // with the wrong one still there, nothing changes
        put.accept("database/password", "hunter2");
        delete.accept("catalog/maxentries");
        await().atMost(PATIENCE)
                .until(() -> client.get("/v2/").headers().firstValue("X-Late").isPresent());

        JsonObject config = json(expect(200, client.get("/admin/config")));
        assertThat(setting(config, "http.headers.X-Late").getString("source")).isEqualTo("etcd");
        assertThat(setting(config, "http.addr").getString("source")).isEqualTo("environment");
        assertThat(setting(config, "http.addr").getString("effect")).isEqualTo("restart");
        assertThat(setting(config, "catalog.maxentries").getString("source")).isEqualTo("defaults");
        assertThat(config.toString()).doesNotContain("hunter2");
        assertThat(errorCodes(expect(403, client.get("/admin/config", "X-Forwarded-For", "10.0.0.1"))))
                .containsExactly("DENIED");

        assertThat(server.logSince(0))
                .anyMatch(line -> line.contains("setting database.password is now") && line.contains("next start"))
                .noneMatch(line -> line.contains("hunter2"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(
                                server.sql(
                                        "select key, new_value, source, live, accepted, reason from audit.config_change order by id"))
                        .containsPattern(
                                "catalog.maxentries +\\| none +\\| etcd +\\| t +\\| f +\\| catalog.maxentries: \"none\"")
                        .containsPattern("database.password +\\| \\*{8} +\\| etcd +\\| f +\\| t")
                        .containsPattern("http.addr +\\| 127.0.0.1:\\d+ +\\| environment +\\| f +\\| t")
                        .doesNotContain("hunter2"));
    }

    private static JsonObject setting(JsonObject config, String key) {
        return config.getJsonArray("settings").getValuesAs(JsonObject.class).stream()
                .filter(setting -> setting.getString("key").equals(key))
                .findFirst()
                .orElseThrow(() -> new AssertionError(key + " is not in " + config));
    }

    private static Duration untilStatus(RegistryClient client, int status) {
        Instant began = Instant.now();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> client.get("/v2/").statusCode() == status);
        return Duration.between(began, Instant.now());
    }

    private static Duration untilUploadsAnswer(RegistryClient client, int status) {
        Instant began = Instant.now();
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> client.post("/v2/etcd/test/blobs/uploads/").statusCode() == status);
        return Duration.between(began, Instant.now());
    }

    private Map<String, String> environment(EtcdServer etcd, String api) {
        return Map.of(
                "REGISTRY_ETCD_ENDPOINTS", etcd.uri().toString(),
                "REGISTRY_ETCD_API", api,
                "REGISTRY_ETCD_TIMEOUT", "5s",
                "REGISTRY_AUTH_TOKEN_REALM", "https://console.domain/api/v1/authorize/registry/",
                "REGISTRY_AUTH_TOKEN_ISSUER", "auth server",
                "REGISTRY_AUTH_TOKEN_SERVICE", "lain.local",
                "REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE", certificate);
    }

    private static String certificate() {
        try {
            return Path.of(Objects.requireNonNull(
                                    EtcdIT.class.getResource("/com/laincloud/registry/auth/token/lain-server.pem"))
                            .toURI())
                    .toString();
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }
}
