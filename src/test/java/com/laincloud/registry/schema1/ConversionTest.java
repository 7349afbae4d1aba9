package com.laincloud.registry.schema1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest.ImageManifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConversionTest {

    private static final RepositoryName NAME = RepositoryName.valueOf("a/b");
    private static final Tag TAG = Tag.valueOf("v1");

    @Test
    void anImageIsRewrittenAsDockerDistributionRewritesIt() {
        JsonObject theirs = parse(Resources.text("converted.json"));

        JsonObject ours = convert(image(), Resources.text("config.json"));

        for (String field : List.of("schemaVersion", "name", "tag", "architecture", "fsLayers")) {
            assertThat(ours.get(field)).as(field).isEqualTo(theirs.get(field));
        }
        assertThat(images(ours)).hasSize(4).isEqualTo(images(theirs));
    }

    @Test
    void sameImageSameBytes() {
        byte[] config = Resources.bytes("config.json");

        assertThat(new Conversion(image(), config).manifest(NAME, TAG))
                .isEqualTo(new Conversion(image(), config).manifest(NAME, TAG));
    }

    @Test
    void eachStepNamesTheOneBelowAndNoTwoHaveOneNumber() {
        List<JsonObject> images = images(convert(image(), Resources.text("config.json")));

        for (int i = 0; i + 1 < images.size(); i++) {
            assertThat(images.get(i).getString("parent"))
                    .isEqualTo(images.get(i + 1).getString("id"));
        }
        assertThat(images.getLast()).doesNotContainKey("parent");
        assertThat(images.stream().map(image -> image.getString("id"))).doesNotHaveDuplicates();
    }

    @Test
    void theTopmostStepSaysHowTheImageIsRunAndNotWhatItsConfigurationThoughtOfParents() {
        String config = Resources.text("config.json")
                .replaceFirst("\\{", "{\"parent\":\"x\",\"throwaway\":true,\"id\":7,\"docker_version\":\"1.12\",");

        JsonObject top = images(convert(image(), config)).getFirst();

        assertThat(top.getJsonObject("config").getJsonArray("Cmd")).hasSize(1);
        assertThat(top.getString("docker_version")).isEqualTo("1.12");
        assertThat(top.getString("id")).hasSize(64);
        assertThat(top.getString("parent")).hasSize(64);
        assertThat(top.keySet()).doesNotContain("rootfs", "history");
    }

    @Test
    void withoutAHistoryThereIsAStepForEachLayer() {
        JsonObject config = Json.createObjectBuilder(parse(Resources.text("config.json")))
                .remove("history")
                .build();

        JsonObject converted = convert(image(), config.toString());

        assertThat(converted.getJsonArray("fsLayers")).hasSize(2);
        assertThat(images(converted).getLast().getString("created")).isEqualTo("0001-01-01T00:00:00Z");
        assertThat(new Conversion(image(), config.toString().getBytes(UTF_8)).hasEmptyLayers())
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"type\": \"layers\"|\"type\": \"layers+base\"|rootfs.type is not layers",
                "\"empty_layer\": true|\"empty_layer\": false|its history 4",
                "\"created_by\": \"ADD b\"|\"created_by\": \"ADD b\", \"empty_layer\": true|its history 1",
                "\"diff_ids\": [|\"diff_ids\": [\"sha256:x\", |its configuration 3",
                "2026-01-02T03:04:06.5Z|yesterday|history[1].created is no time",
                "2026-01-02T03:04:05.123456789Z|yesterday|created is no time",
                "\"architecture\": \"amd64\"|\"architecture\": 64|architecture is no string",
                "\"rootfs\"|\"fsroot\"|rootfs is missing",
            })
    void whatSchema1CannotSayIsRefusedWithItsReason(String what, String by, String reason) {
        String config = Resources.text("config.json");
        assertThat(config).contains(what);

        refused(image(), config.replace(what, by), reason);
    }

    @Test
    void aLayerFromElsewhereAndAnEndlessHistoryAreRefused() {
        String foreign = Resources.text("schema2.json").replaceFirst("diff.tar.gzip", "foreign.diff.tar.gzip");
        refused(
                (ImageManifest) ManifestParser.parse(foreign.getBytes(UTF_8), null),
                Resources.text("config.json"),
                "elsewhere");

        JsonArrayBuilder history = Json.createArrayBuilder();
        for (int i = 0; i < 5000; i++) {
            history.add(Json.createObjectBuilder().add("empty_layer", true));
        }
        JsonObject endless = Json.createObjectBuilder(parse(Resources.text("config.json")))
                .add("history", history)
                .build();
        refused(image(), endless.toString(), "more than 4096");
    }

    private static void refused(ImageManifest image, String config, String reason) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> new Conversion(image, config.getBytes(UTF_8)))
                .matches(e -> e.code() == ErrorCode.MANIFEST_INVALID)
                .withMessageContaining(reason);
    }

    private static JsonObject convert(ImageManifest image, String config) {
        return parse(new String(new Conversion(image, config.getBytes(UTF_8)).manifest(NAME, TAG), UTF_8));
    }

    private static ImageManifest image() {
        return (ImageManifest) ManifestParser.parse(Resources.bytes("schema2.json"), null);
    }

    private static List<JsonObject> images(JsonObject manifest) {
        List<JsonObject> images = new ArrayList<>();
        for (JsonObject entry : manifest.getJsonArray("history").getValuesAs(JsonObject.class)) {
            images.add(parse(entry.getString("v1Compatibility")));
        }
        return images;
    }

    private static JsonObject parse(String json) {
        try (JsonReader reader = Json.createReader(new StringReader(json))) {
            return reader.readObject();
        }
    }
}
