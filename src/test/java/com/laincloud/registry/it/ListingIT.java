package com.laincloud.registry.it;

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
    void awkwardNamesAreRoutedAsTheSpecificationReadsThem() {
        for (String repository : List.of("a/manifests", "a/blobs", "a/blobs/uploads", "tags/list", "a/tags", "v2")) {
            push("listing/" + repository, "manifests", "list");
            assertThat(client.tags("listing/" + repository)).containsExactly("list", "manifests");
            client.pullManifest("listing/" + repository, "list");
        }
    }
}
