package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.json;
import static com.laincloud.registry.it.RegistryClient.nextPage;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import jakarta.json.JsonString;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedRegistryServer.class)
class ListingIT {

    private final RegistryClient client;

    ListingIT(RegistryClient client) {
        this.client = client;
    }

    private void push(String repository, String... tags) {
        Digest config = client.pushBlob(repository, "{}".getBytes(StandardCharsets.UTF_8));
        for (String tag : tags) {
            client.pushManifest(repository, tag, SampleManifests.TYPE, SampleManifests.image(config, 2));
        }
    }

    private static List<String> names(HttpResponse<byte[]> answer, String field) {
        return json(answer).getJsonArray(field).getValuesAs(JsonString.class).stream()
                .map(JsonString::getString)
                .toList();
    }

    @Test
    void tagsAreListedCompletelyInTheOrderOfTheirBytes() {
        push("listing/order", "b", "A", "a", "1", "_", "B", "a-b", "a.b", "10", "2");

        HttpResponse<byte[]> answer = expect(200, client.get("/v2/listing/order/tags/list"));

        assertThat(json(answer).getString("name")).isEqualTo("listing/order");
        assertThat(names(answer, "tags")).containsExactly("1", "10", "2", "A", "B", "_", "a", "a-b", "a.b", "b");
        assertThat(nextPage(answer)).isEmpty();
        assertThat(header(answer, "Content-Type")).startsWith("application/json");
    }

    @Test
    void tagsArePagedAndEveryPageLinksToTheNext() {
        push("listing/paged", "a", "b", "c", "d", "e");

        List<List<String>> pages = new ArrayList<>();
        Optional<String> next = Optional.of("/v2/listing/paged/tags/list?n=2");
        while (next.isPresent()) {
            assertThat(next.get()).startsWith("/v2/listing/paged/tags/list?");
            HttpResponse<byte[]> page = expect(200, client.get(next.get()));
            pages.add(names(page, "tags"));
            next = nextPage(page);
        }

        assertThat(pages).containsExactly(List.of("a", "b"), List.of("c", "d"), List.of("e"));
    }

    @Test
    void aPageBeginsAfterLastWhetherThatIsATagOrNot() {
        push("listing/last", "a", "c", "e");

        assertThat(names(expect(200, client.get("/v2/listing/last/tags/list?last=b")), "tags"))
                .containsExactly("c", "e");
        assertThat(names(expect(200, client.get("/v2/listing/last/tags/list?n=1&last=c")), "tags"))
                .containsExactly("e");
    }

    @Test
    void aPageOfNoneIsEmptyAndAHugeOneIsNotRefused() {
        push("listing/sizes", "a", "b");

        HttpResponse<byte[]> none = expect(200, client.get("/v2/listing/sizes/tags/list?n=0"));
        assertThat(names(none, "tags")).isEmpty();
        assertThat(nextPage(none)).isEmpty();
        for (String n : List.of("10000", "2147483647", "99999999999999999999")) {
            assertThat(names(expect(200, client.get("/v2/listing/sizes/tags/list?n=" + n)), "tags"))
                    .containsExactly("a", "b");
        }
    }

    @Test
    void aPageSizeThatIsNoNumberAnswers400() {
        push("listing/sizes", "a");

        for (String n : List.of("-1", "ten", "1.5")) {
            assertThat(errorCodes(expect(400, client.get("/v2/listing/sizes/tags/list?n=" + n))))
                    .containsExactly("PAGINATION_NUMBER_INVALID");
        }
    }

    @Test
    void aRepositoryThatIsNotThereAnswersNameUnknownAndAnEmptiedOneHasNoTags() {
        push("listing/emptied", "a");
        expect(202, client.delete("/v2/listing/emptied/manifests/a"));

        assertThat(names(expect(200, client.get("/v2/listing/emptied/tags/list")), "tags"))
                .isEmpty();
        assertThat(errorCodes(expect(404, client.get("/v2/listing/nowhere/tags/list"))))
                .containsExactly("NAME_UNKNOWN");
        assertThat(errorCodes(expect(404, client.get("/v2/listing/nowhere/tags/list?n=0"))))
                .containsExactly("NAME_UNKNOWN");
    }

    @Test
    void aTrailingSlashIsAccepted() {
        push("listing/slash", "a");

        assertThat(names(expect(200, client.get("/v2/listing/slash/tags/list/")), "tags"))
                .containsExactly("a");
    }

    @Test
    void theCatalogShowsRepositoriesWithManifestsPageByPage() {
        push("listing/catalog/a", "v1");
        push("listing/catalog/b", "v1");
        push("listing/catalog/c", "v1");
        client.startUpload("listing/catalog/bytes-only");

        HttpResponse<byte[]> whole = expect(200, client.get("/v2/_catalog"));
        assertThat(names(whole, "repositories"))
                .containsSubsequence("listing/catalog/a", "listing/catalog/b", "listing/catalog/c")
                .doesNotContain("listing/catalog/bytes-only")
                .isSorted();
        HttpResponse<byte[]> page = expect(200, client.get("/v2/_catalog?n=2&last=listing/catalog/"));
        assertThat(names(page, "repositories")).containsExactly("listing/catalog/a", "listing/catalog/b");
        assertThat(nextPage(page))
                .hasValueSatisfying(next -> assertThat(names(expect(200, client.get(next)), "repositories"))
                        .first()
                        .isEqualTo("listing/catalog/c"));
    }

    @Test
    void aRepositoryIsInTheCatalogFromItsFirstManifestToItsLast() {
        push("listing/catalog/d", "v1", "v2");
        Digest config = client.pushBlob("listing/catalog/d", "{}".getBytes(StandardCharsets.UTF_8));
        byte[] other = SampleManifests.image(config, 2, "other");
        client.pushManifest("listing/catalog/d", "other", SampleManifests.TYPE, other);
        Digest first = digest(SampleManifests.image(config, 2));
        String page = "/v2/_catalog?n=1&last=listing/catalog/cz";

        expect(202, client.delete("/v2/listing/catalog/d/manifests/" + first));
        assertThat(names(expect(200, client.get(page)), "repositories")).containsExactly("listing/catalog/d");
        expect(202, client.delete("/v2/listing/catalog/d/manifests/" + digest(other)));
        assertThat(names(expect(200, client.get(page)), "repositories")).doesNotContain("listing/catalog/d");
        client.pushManifest("listing/catalog/d", "again", SampleManifests.TYPE, other);
        assertThat(names(expect(200, client.get(page)), "repositories")).containsExactly("listing/catalog/d");
    }

    /** Whether a push or a deletion comes last, the catalog agrees with what is there. */
    @Test
    void theCatalogIsRightAfterPushesAndDeletionsRaced() throws Exception {
        List<String> repositories = List.of("listing/raced/a", "listing/raced/b", "listing/raced/c");
        Digest config = digest("{}".getBytes(StandardCharsets.UTF_8));
        repositories.forEach(repository -> client.pushBlob(repository, "{}".getBytes(StandardCharsets.UTF_8)));
        List<Future<?>> threads = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 8; i++) {
                Random random = new Random(i);
                byte[] manifest = SampleManifests.image(config, 2, "thread " + i);
                threads.add(pool.submit(() -> {
                    for (int round = 0; round < 60; round++) {
                        String repository = repositories.get(random.nextInt(repositories.size()));
                        String path = "/v2/" + repository + "/manifests/";
                        if (random.nextBoolean()) {
                            client.pushManifest(repository, "latest", SampleManifests.TYPE, manifest);
                        } else {
                            assertThat(client.delete(path + digest(manifest)).statusCode())
                                    .isIn(202, 404);
                        }
                    }
                }));
            }
        }
        for (Future<?> thread : threads) {
            thread.get();
        }

        for (String repository : repositories) {
            boolean isPopulated = false;
            for (int i = 0; i < 8; i++) {
                Digest digest = digest(SampleManifests.image(config, 2, "thread " + i));
                isPopulated |= client.head("/v2/" + repository + "/manifests/" + digest)
                                .statusCode()
                        == 200;
            }
            String before = repository.substring(0, repository.length() - 1);
            List<String> shown = names(expect(200, client.get("/v2/_catalog?n=10&last=" + before)), "repositories");
            assertThat(shown.contains(repository)).as(repository).isEqualTo(isPopulated);
        }
    }

    @Test
    void awkwardNamesAreRoutedAsTheSpecificationReadsThem() {
        for (String repository : List.of("a/manifests", "a/blobs", "a/blobs/uploads", "tags/list", "a/tags", "v2")) {
            push("listing/" + repository, "manifests", "list");
            assertThat(client.tags("listing/" + repository)).containsExactly("list", "manifests");
            client.pullManifest("listing/" + repository, "list");
        }
    }
}
