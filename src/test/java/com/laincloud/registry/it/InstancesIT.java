package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two registries on one database and one storage. */
class InstancesIT {

    private static EmbeddedPostgres postgres;
    private static RegistryServer first;
    private static RegistryServer second;

    @BeforeAll
    static void start() {
        postgres = EmbeddedPostgres.startTemporary();
        ConnectionFacts facts = ConnectionFacts.read(postgres.directory());
        Map<String, String> environment = new HashMap<>(Map.of(
                "REGISTRY_DATABASE_URL",
                facts.url(),
                "REGISTRY_DATABASE_USERNAME",
                ConnectionFacts.APPLICATION,
                "REGISTRY_DATABASE_PASSWORD",
                facts.password(),
                "REGISTRY_DATABASE_OWNER_USERNAME",
                ConnectionFacts.OWNER,
                "REGISTRY_DATABASE_OWNER_PASSWORD",
                facts.ownerPassword(),
                "HOSTNAME",
                "first"));
        first = RegistryServer.start(environment);
        environment.put(
                "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", first.root().toString());
        environment.put("REGISTRY_TAGS_MAXTAGS", "77");
        environment.put("REGISTRY_DATABASE_POOL_MAX", "58");
        environment.put("REGISTRY_HTTP_DRAINNOTICE", "3s");
        String deadHost = "//127.0.0.1:" + RegistryServer.freePort() + ",";
        environment.put(
                "REGISTRY_DATABASE_URL",
                facts.url().replace("//", deadHost) + (facts.url().contains("?") ? "&" : "?")
                        + "targetServerType=primary");
        environment.put("HOSTNAME", "second");
        second = RegistryServer.start(environment);
    }

    @AfterAll
    static void end() {
        second.close();
        first.close();
        postgres.close();
    }

    @Test
    void aStartSaysWhereTheDatabaseHasFewerConnectionsThanAllInstancesMayWant() {
        assertThat(first.logSince(0)).noneMatch(line -> line.contains("database.pool.max"));
        assertThat(second.logSince(0))
                .anyMatch(line ->
                        line.contains("database.pool.max: 2 instances may want 78 connections, and max_connections of"
                                + " the database leaves 77 to them"));
    }

    @Test
    void aStartSaysWhatAFailoverCanLoseAndIsRefusedWhereThatMayNotBe() throws Exception {
        assertThat(first.logSince(0))
                .anyMatch(line -> line.contains("a failover of the database can lose the last that was acknowledged:"
                        + " synchronous_standby_names is '', synchronous_commit is on"));

        ProcessBuilder strict = first.command("serve");
        strict.environment().put("REGISTRY_HTTP_ADDR", "127.0.0.1:" + RegistryServer.freePort());
        strict.environment().put("REGISTRY_DATABASE_REQUIRESYNCHRONOUSSTANDBY", "true");
        Process refused = strict.start();
        assertThat(new String(refused.getInputStream().readAllBytes(), UTF_8))
                .contains("database.requiresynchronousstandby: a failover of the database can lose");
        assertThat(refused.waitFor()).isEqualTo(1);
    }

    @Test
    void readinessSaysThatAnInstanceEndsBeforeItRefusesConnections() {
        RegistryClient client = new RegistryClient(second.uri());
        expect(200, client.get("/health/ready"));

        second.process().destroy();
        await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> expect(503, client.get("/health/ready")));
        expect(200, client.get("/v2/"));

        second.terminate();
        second.startAgain();
    }

    private static void makeItSeenLongAgo(String server) throws SQLException {
        ConnectionFacts facts = ConnectionFacts.read(postgres.directory());
        try (Connection owner = ConfiguredDataSource.of(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword())
                .getConnection()) {
            Rows.update(
                    owner,
                    "update registry.instance set seen_at = seen_at - interval '25 seconds' where server = ?",
                    server);
        }
    }

    @Test
    void eachIsThereWhileItRunsAndWhatIsNotSetAlikeIsListed() throws SQLException {
        RegistryClient client = new RegistryClient(first.uri());
        client.pushBlob("both/a", "content".getBytes(UTF_8));
        expect(
                200,
                new RegistryClient(second.uri())
                        .get("/v2/both/a/blobs/" + RegistryClient.digest("content".getBytes(UTF_8))));

        assertThat(first.sql("select server, version, alive from audit.instance"))
                .containsPattern("first +\\W? *\\d+\\.\\d+\\.\\d+")
                .containsPattern("second +\\W? *\\d+\\.\\d+\\.\\d+");
        assertThat(first.sql("select key, server, value from audit.instance_difference"))
                .containsPattern("tags.maxtags +\\W? *second +\\W? *77")
                .doesNotContain("http.addr", "rootdirectory");

        second.terminate();
        assertThat(first.sql("select server from audit.instance"))
                .contains("first")
                .doesNotContain("second");

        second.startAgain();
        second.kill();
        makeItSeenLongAgo("second");
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(first.sql("select 'gone: ' || server from audit.instance where not alive"))
                                .contains("gone: second")
                                .doesNotContain("gone: first"));
        second.startAgain();
    }
}
