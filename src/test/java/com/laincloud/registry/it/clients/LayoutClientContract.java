package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * What every client that carries images between OCI layouts and the registry gets done. A client's test implements this,
 * and adds what that client alone can do.
 */
interface LayoutClientContract {

    String ARTIFACT_TYPE = "application/vnd.example.sbom.v1+json";

    Workplace workplace();

    /** Sends what is tagged {@code tag} in a layout, and nothing else is in it, as {@code image} of the registry. */
    void push(ImageLayout layout, String tag, String image);

    /** Fetches {@code image} of the registry, with all its platforms, into a layout that is not there yet. */
    void pull(String image, Path layout);

    /** Copies {@code image} of the registry to another of its repositories. */
    void copy(String image, String to);

    @Test
    default void anImageGoesThereAndBackWithoutAChangedByte() {
        ImageLayout layout = new ImageLayout(workplace().directory().resolve("sent"));
        layout.tag("1", layout.addImage("amd64", SampleLayers.of(2000)));

        assertRoundTrip(layout, "1", "image", "1");
        assertThat(RegistryImage.pull(workplace().registry(), workplace().repository("image"), "1")
                        .layers())
                .containsExactlyElementsOf(SampleLayers.of(2000));
    }

    @Test
    default void anIndexOfTwoPlatformsGoesThereAndBackWithBothImages() {
        ImageLayout layout = new ImageLayout(workplace().directory().resolve("sent"));
        layout.tag(
                "both",
                layout.addIndex(List.of(
                        layout.addImage("amd64", SampleLayers.of(2100)),
                        layout.addImage("arm64", SampleLayers.of(2200)))));

        assertRoundTrip(layout, "both", "index", "both");
        assertThat(ImageLayout.graph(workplace().directory().resolve("received"), layout.digest("both")))
                .hasSize(14);
    }

    @Test
    default void aCopyInAnotherRepositoryMountsItsLayers() {
        ImageLayout layout = new ImageLayout(workplace().directory().resolve("sent"));
        layout.tag("1", layout.addImage("amd64", SampleLayers.of(2300)));
        push(layout, "1", workplace().image("original", "1"));
        UploadLog uploads = UploadLog.watch(workplace().server(), workplace().repository("copy"));

        copy(workplace().image("original", "1"), workplace().image("copy", "1"));

        assertThat(uploads.mounted()).containsAll(layerDigests("copy"));
        RegistryImage copied =
                RegistryImage.pull(workplace().registry(), workplace().repository("copy"), "1");
        assertThat(copied.digest()).isEqualTo(layout.digest("1"));
        assertThat(copied.layers()).containsExactlyElementsOf(SampleLayers.of(2300));
    }

    @Test
    default void anArtifactWithASubjectIsAmongTheReferrersOfIt() {
        JsonObject subject = pushSubject("referred");
        ImageLayout layout = new ImageLayout(workplace().directory().resolve("sent"));
        layout.tag("sbom", layout.addArtifact(ARTIFACT_TYPE, "{\"parts\":[]}".getBytes(UTF_8), subject));

        assertRoundTrip(layout, "sbom", "referred", "sbom");
        assertThat(referrers("referred", subject.getString("digest"))).satisfiesExactly(referrer -> {
            assertThat(referrer.getString("digest"))
                    .isEqualTo(layout.digest("sbom").toString());
            assertThat(referrer.getString("artifactType")).isEqualTo(ARTIFACT_TYPE);
            assertThat(referrer.getString("mediaType")).isEqualTo(MediaTypes.OCI_MANIFEST);
        });
    }

    @Test
    default void aSignatureIsFoundUnderTheTagThatCosignGivesIt() {
        String digest = pushSubject("signed").getString("digest");
        String tag = digest.replace(':', '-') + ".sig";
        ImageLayout layout = new ImageLayout(workplace().directory().resolve("sent"));
        layout.tag(
                "sig",
                layout.addArtifact(
                        "application/vnd.dev.cosign.simplesigning.v1+json", "{\"critical\":{}}".getBytes(UTF_8), null));

        assertRoundTrip(layout, "sig", "signed", tag);
        assertThat(workplace().registry().tags(workplace().repository("signed")))
                .containsExactly(tag, "signed");
    }

    /** Pushes what is tagged in a layout, and pulls it into {@code received}, where all must be that was sent. */
    private void assertRoundTrip(ImageLayout layout, String tag, String repository, String reference) {
        push(layout, tag, workplace().image(repository, reference));
        Path received = workplace().directory().resolve("received");
        pull(workplace().image(repository, reference), received);

        Digest sent = layout.digest(tag);
        assertThat(RegistryClient.digest(
                        workplace().registry().pullManifest(workplace().repository(repository), reference)))
                .isEqualTo(sent);
        assertThat(ImageLayout.graph(received, sent)).isEqualTo(ImageLayout.graph(layout.directory(), sent));
    }

    /** Pushes an image that others are about, as {@code signed}, and gives its descriptor. */
    private JsonObject pushSubject(String repository) {
        ImageLayout layout = new ImageLayout(workplace().directory().resolve("subject"));
        JsonObject image = layout.addImage("amd64", SampleLayers.of(2400));
        layout.tag("signed", image);
        push(layout, "signed", workplace().image(repository, "signed"));
        return image;
    }

    private List<JsonObject> referrers(String repository, String digest) {
        return RegistryClient.json(RegistryClient.expect(
                        200,
                        workplace()
                                .registry()
                                .get("/v2/" + workplace().repository(repository) + "/referrers/" + digest)))
                .getJsonArray("manifests")
                .getValuesAs(JsonObject.class);
    }

    private List<String> layerDigests(String repository) {
        return RegistryImage.parse(
                        workplace().registry().pullManifest(workplace().repository(repository), "1"))
                .getJsonArray("layers")
                .getValuesAs(JsonObject.class)
                .stream()
                .map(layer -> layer.getString("digest"))
                .toList();
    }
}
