package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.nextPage;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.ByteArrayInputStream;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a tag has named, as clients are told. */
@ExtendWith(SharedRegistryServer.class)
class TagHistoryIT {

    private static final String CREATED = "org.opencontainers.distribution.tag.created";
    private static final String DELETED = "org.opencontainers.distribution.tag.deleted";

    private static RegistryServer server;
    private static RegistryClient client;

    @BeforeAll
    static void start() {
        server = RegistryServer.start(Map.of("REGISTRY_TAGS_HISTORY_ENABLED", "true"));
        client = new RegistryClient(server.uri());
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static byte[] image(String repository, String note) {
        return SampleManifests.image(client.pushBlob(repository, "{}".getBytes(UTF_8)), 2, note);
    }

    private static Digest push(String repository, String tag, String note) {
        return client.pushManifest(repository, tag, SampleManifests.TYPE, image(repository, note));
    }

    private static HttpResponse<byte[]> get(String repository, String query) {
        return client.get("/v2/" + repository + "/_oci/tags/history?" + query);
    }

    private static List<JsonObject> entries(HttpResponse<byte[]> answer) {
        try (JsonReader reader =
                Json.createReader(new ByteArrayInputStream(expect(200, answer).body()))) {
            return reader.readArray().getValuesAs(JsonObject.class);
        }
    }

    /** Whether each entry is a creation, and of what. */
    private static List<String> told(List<JsonObject> entries) {
        return entries.stream()
                .map(entry -> (entry.getJsonObject("annotations").containsKey(CREATED) ? "+" : "-")
                        + entry.getString("digest"))
                .toList();
    }

    private static Instant moment(JsonObject entry) {
        JsonObject annotations = entry.getJsonObject("annotations");
        return Instant.parse(annotations.getString(annotations.containsKey(CREATED) ? CREATED : DELETED));
    }

    @Test
    void pushesReleasesAndDeletionsAreToldTheLatestFirst() {
        Digest one = push("told/app", "v1", "one");
        push("told/app", "v1", "one");
        Digest two = push("told/app", "v1", "two");
        expect(202, client.delete("/v2/told/app/manifests/v1"));
        expect(200, client.put("/v2/_registry/release", ("told/app v1 " + one).getBytes(UTF_8)));
        expect(202, client.delete("/v2/told/app/manifests/" + one));

        List<JsonObject> entries = entries(get("told/app", "tag=v1"));

        assertThat(told(entries)).containsExactly("-" + one, "+" + one, "-" + two, "+" + two, "+" + one);
        assertThat(entries).isSortedAccordingTo((a, b) -> moment(b).compareTo(moment(a)));
        int size = image("told/app", "one").length;
        assertThat(entries).allSatisfy(entry -> {
            assertThat(entry.getString("mediaType")).isEqualTo(SampleManifests.TYPE);
            assertThat(entry.getInt("size")).isEqualTo(size);
            assertThat(entry.getJsonObject("annotations")).hasSize(1);
        });
    }

    @Test
    void aHistoryIsPagedByWhenItsEntriesAreAndFollowsTheNamesOfItsRepository() throws Exception {
        List<String> pushed = new ArrayList<>();
        for (int i = 0; i < 45; i++) {
            if (i == 20 || i == 30) {
                String name = i == 20 ? "paged/b" : "paged/c";
                Process process = server.command("rename", i == 20 ? "paged/a" : "paged/b", name)
                        .start();
                assertThat(process.waitFor()).isZero();
            }
            pushed.addFirst("+" + push("paged/" + (i < 20 ? "a" : i < 30 ? "b" : "c"), "latest", "number " + i));
        }

        for (String first : List.of("tag=latest&n=7", "tag=latest", "n=1000&tag=latest")) {
            List<String> listed = new ArrayList<>();
            int pages = 0;
            Optional<String> next = Optional.of("/v2/paged/c/_oci/tags/history?" + first);
            while (next.isPresent()) {
                HttpResponse<byte[]> page = client.get(next.get());
                listed.addAll(told(entries(page)));
                next = nextPage(page);
                pages++;
            }
            assertThat(listed).isEqualTo(pushed);
            assertThat(pages).isEqualTo(first.contains("n=7") ? 7 : 3);
        }
        assertThat(told(entries(get("paged/a", "tag=latest&n=1")))).containsExactly(pushed.getFirst());
        HttpResponse<byte[]> none = get("paged/c", "tag=latest&n=0");
        assertThat(entries(none)).isEmpty();
        assertThat(nextPage(none)).isEmpty();
        assertThat(entries(get("paged/c", "tag=latest&last=2020-01-01T00:00:00%2B01:00")))
                .isEmpty();
    }

    @Test
    void whatIsUnknownOrMalformedIsSaidAsElsewhere() {
        push("refused", "v1", "refused");

        for (String malformed : new String[] {"n=-1", "n=ten", "last=v1", "last=-999999999-01-01T00:00:00Z"}) {
            assertThat(errorCodes(expect(400, get("refused", "tag=v1&" + malformed))))
                    .containsExactly("PAGINATION_NUMBER_INVALID");
        }
        for (String unusable : new String[] {"", "tag=", "tag=-"}) {
            assertThat(errorCodes(expect(400, get("refused", unusable)))).containsExactly("TAG_INVALID");
        }
        for (String unknown : new String[] {"tag=v2", "tag=v2&n=0", "tag=v2&last=2020-01-01T00:00:00Z"}) {
            assertThat(errorCodes(expect(404, get("refused", unknown)))).containsExactly("MANIFEST_UNKNOWN");
        }
        assertThat(errorCodes(expect(404, get("refused/unknown", "tag=v1")))).containsExactly("NAME_UNKNOWN");
        expect(405, client.put("/v2/refused/_oci/tags/history?tag=v1", new byte[0]));
    }

    @Test
    void unlessItIsAskedForThereIsNoSuchRoute(RegistryClient usual) {
        usual.pushManifest(
                "no/history",
                "v1",
                SampleManifests.TYPE,
                SampleManifests.image(usual.pushBlob("no/history", "{}".getBytes(UTF_8)), 2));

        HttpResponse<byte[]> answer = usual.get("/v2/no/history/_oci/tags/history?tag=v1");

        assertThat(expect(404, answer).body())
                .isEqualTo(expect(404, usual.get("/v2/no/history/_oci/ext/discover"))
                        .body());
    }
}
