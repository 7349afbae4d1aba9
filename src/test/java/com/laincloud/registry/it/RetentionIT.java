package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.oci.Digest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code registry retention}, and the retention that the settings ask for. */
@ExtendWith(SharedRegistryServer.class)
class RetentionIT {

    private static final String RULES =
            "[{repositories: [\"retention/**\"], among: [v*], keep: {newest: 2}, protect: [v1]}]";

    private final RegistryServer server;
    private final RegistryClient client;

    RetentionIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    private static void push(RegistryClient client, String repository, String... tags) {
        for (String tag : tags) {
            Digest configuration = client.pushBlob(repository, "{}".getBytes(UTF_8));
            client.pushManifest(repository, tag, SampleManifests.TYPE, SampleManifests.image(configuration, 2, tag));
        }
    }

    private static String tags(RegistryClient client, String repository) {
        return new String(
                expect(200, client.get("/v2/" + repository + "/tags/list")).body(), UTF_8);
    }

    private String retention(Map<String, String> environment, int status, String... options) throws Exception {
        List<String> words = new ArrayList<>(List.of("retention"));
        words.addAll(List.of(options));
        ProcessBuilder command = server.command(words.toArray(String[]::new));
        command.environment().putAll(environment);
        Process process = command.start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    @Test
    void theRulesAreExplainedAndDoneWhileTheRegistryServes() throws Exception {
        push(client, "retention/app", "v1", "v2", "v9", "v10", "latest");
        Map<String, String> rules = Map.of("REGISTRY_RETENTION_RULES", RULES);

        assertThat(retention(rules, 0, "explain", "retention/app"))
                .contains(
                        "stays retention/app:v1: rule 1, protected",
                        "goes  retention/app:v2: rule 1, number 3 of 4, and nothing keeps it",
                        "stays retention/app:v10: rule 1, number 1 of 4, of which 2 stay",
                        "1 of 4 tags would be deleted");
        assertThat(tags(client, "retention/app")).contains("v2");
        assertThat(retention(rules, 0, "run")).contains("1 of 4 tags deleted");

        assertThat(tags(client, "retention/app"))
                .contains("latest", "v1", "v10", "v9")
                .doesNotContain("v2");
        assertThat(server.sql(
                        "select tag, rule, rank from audit.retention_decision where repository = 'retention/app'"))
                .containsPattern("v2\\s*\\|\\s*1\\s*\\|\\s*3");
        assertThat(server.sql("select result from audit.job_run where job = 'retention' order by id desc limit 1"))
                .contains("1 of 4 tags deleted");
    }

    @Test
    void whatCannotBeIsRefusedInOneLine() throws Exception {
        assertThat(retention(Map.of(), 1, "run"))
                .isEqualToIgnoringNewLines("registry: retention: retention.rules: there are none, so no tag goes");
        assertThat(retention(Map.of(), 1, "list")).contains("retention: takes run, or explain");
        assertThat(retention(Map.of("REGISTRY_RETENTION_RULES", "[{among: [v*]}]"), 1, "run"))
                .contains("retention.rules[0]: has among and no keep");
    }

    @Test
    void aRegistryFollowsTheRulesByItselfWhereTheSettingsSaySo() {
        try (RegistryServer cleaning =
                RegistryServer.start(Map.of("REGISTRY_RETENTION_INTERVAL", "1s", "REGISTRY_RETENTION_RULES", RULES))) {
            RegistryClient pusher = new RegistryClient(cleaning.uri());
            push(pusher, "retention/itself", "v1", "v2", "v3", "v4");

            await("the third newest to be gone")
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> !tags(pusher, "retention/itself").contains("v2"));
            assertThat(tags(pusher, "retention/itself")).contains("v1", "v3", "v4");
        }
    }

    @Test
    void byAScheduleTheCollectionFollowsTheRetention() {
        try (RegistryServer cleaning = RegistryServer.start(
                Map.of("REGISTRY_RETENTION_SCHEDULE", "* * * * *", "REGISTRY_RETENTION_RULES", RULES))) {
            RegistryClient pusher = new RegistryClient(cleaning.uri());
            push(pusher, "retention/scheduled", "v1", "v2", "v3", "v4");

            await("the collection after the retention")
                    .atMost(Duration.ofSeconds(130))
                    .until(() -> cleaning.ask("select bool_or(outcome = 'done') is true from audit.job_run"
                                    + " where job = 'garbage-collection'")
                            .equals("t"));
            assertThat(tags(pusher, "retention/scheduled"))
                    .contains("v1", "v3", "v4")
                    .doesNotContain("v2");
            assertThat(cleaning.sql("select count(*) as odd from audit.job_run where job = 'retention'"
                            + " and extract(second from began_at) > 10"))
                    .as("runs that did not begin with the minute")
                    .containsPattern("(?m)^\\s*0\\s*$");
        }
    }
}
