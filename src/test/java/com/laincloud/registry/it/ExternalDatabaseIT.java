package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A PostgreSQL server that the registry does not run itself, as an administrator sets it up. */
class ExternalDatabaseIT {

    private static EmbeddedPostgres postgres;
    private static String administrator;
    private static String url;

    @BeforeAll
    static void prepare() throws Exception {
        postgres = EmbeddedPostgres.startTemporary();
        administrator = Files.readString(postgres.directory().resolve("superuser.password"))
                .strip();
        String address = ConnectionFacts.read(postgres.directory()).url();
        run(
                address,
                "postgres",
                administrator,
                "create role lain login password 'of lain'",
                "create database images owner lain");
        url = address.substring(0, address.lastIndexOf('/')) + "/images";
        // what the superuser of the registry's own database did to all of them
        run(url, "postgres", administrator, "grant execute on all functions in schema pg_catalog to public");
    }

    @AfterAll
    static void end() {
        postgres.close();
    }

    private static void run(String address, String role, String password, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address, role, password);
                Statement statement = connection.createStatement()) {
            for (String change : statements) {
                statement.execute(change);
            }
        }
    }

    private static void push(RegistryServer server, String tag) {
        RegistryClient client = new RegistryClient(server.uri());
        byte[] content = ("content of " + tag).getBytes(UTF_8);
        byte[] image = SampleManifests.image(client.pushBlob("external/a", content), content.length, tag);
        client.pushManifest("external/a", tag, SampleManifests.TYPE, image);
        expect(200, client.get("/v2/external/a/manifests/" + tag, "Accept", SampleManifests.TYPE));
    }

    private static String runsWith(RegistryServer server, String... words) throws Exception {
        Process process = server.command(words).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output;
    }

    @Test
    void theRoleThatServesCanBeTakenTheRecordFromLater() throws Exception {
        try (RegistryServer server = RegistryServer.start(Map.of(
                "REGISTRY_DATABASE_URL",
                url,
                "REGISTRY_DATABASE_USERNAME",
                "lain",
                "REGISTRY_DATABASE_PASSWORD",
                "of lain"))) {
            push(server, "before");
            assertThat(server.logSince(0))
                    .anyMatch(line -> line.contains("the role that serves may do what the owner of the tables may"));

            run(url, "postgres", administrator, "create role serving login password 'of serving'");
            server.setEnvironment("REGISTRY_DATABASE_USERNAME", "serving");
            server.setEnvironment("REGISTRY_DATABASE_PASSWORD", "of serving");
            server.setEnvironment("REGISTRY_DATABASE_OWNER_USERNAME", "lain");
            server.setEnvironment("REGISTRY_DATABASE_OWNER_PASSWORD", "of lain");
            long start = server.logPosition();
            server.restart();
            push(server, "after");

            assertThat(server.logSince(start))
                    .noneMatch(line -> line.contains("database.owner.username") || line.contains("permission denied"));
            assertThat(runsWith(server, "sql", "select tag from audit.push order by id"))
                    .containsSubsequence("before", "after");
            runsWith(server, "garbage-collect");
            runsWith(server, "check", "--audit");
            for (String change : List.of(
                    "update registry.event set tag = 'x'",
                    "delete from registry.batch",
                    "drop schema registry cascade")) {
                assertThatThrownBy(() -> run(url, "serving", "of serving", change))
                        .as(change)
                        .hasMessageMatching("(?s).*(permission denied|must be owner).*");
            }

            server.terminate();
            server.setEnvironment("REGISTRY_DATABASE_USERNAME", "lain");
            server.setEnvironment("REGISTRY_DATABASE_PASSWORD", "of lain");
            server.setEnvironment("REGISTRY_DATABASE_OWNER_USERNAME", "serving");
            server.setEnvironment("REGISTRY_DATABASE_OWNER_PASSWORD", "of serving");
            Process refused = server.command("serve").start();
            assertThat(new String(refused.getInputStream().readAllBytes(), UTF_8))
                    .contains("the tables belong to lain, which is the one that database.owner.username has to be");
            assertThat(refused.waitFor()).isEqualTo(1);
        }
    }
}
