package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.fail;

import com.laincloud.registry.fuzz.MutatedText;
import com.laincloud.registry.fuzz.Seed;
import com.laincloud.registry.oci.Manifest.ImageIndex;
import com.laincloud.registry.oci.Manifest.ImageManifest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ManifestParserTest {

    private static final String DIGEST_A = "sha256:" + "a".repeat(64);
    private static final String DIGEST_B = "sha256:" + "b".repeat(64);
    private static final String DIGEST_C = "sha512:" + "c".repeat(128);

    private static final String IMAGE = """
            {
              "schemaVersion": 2,
              "mediaType": "application/vnd.oci.image.manifest.v1+json",
              "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": "%s", "size": 7},
              "layers": [
                {"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": "%s", "size": 32654},
                {"mediaType": "application/vnd.oci.image.layer.nondistributable.v1.tar", "digest": "%s", "size": 0,
                 "urls": ["https://example.com/layer"], "annotations": {"a": "b"}}
              ],
              "subject": {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "%s", "size": 1},
              "annotations": {"com.example.key1": "value1", "empty": ""}
            }""".formatted(DIGEST_A, DIGEST_B, DIGEST_C, DIGEST_B);

    private static final String INDEX = """
            {
              "schemaVersion": 2,
              "mediaType": "application/vnd.oci.image.index.v1+json",
              "manifests": [
                {"mediaType": "application/vnd.oci.image.manifest.v1+json", "digest": "%s", "size": 7143,
                 "platform": {"architecture": "ppc64le", "os": "linux", "os.features": ["x"]}}
              ]
            }""".formatted(DIGEST_A);

    private static final String DOCKER_IMAGE = """
            {
              "schemaVersion": 2,
              "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
              "config": {"mediaType": "application/vnd.docker.container.image.v1+json", "size": 7023, "digest": "%s"},
              "layers": []
            }""".formatted(DIGEST_A);

    @Test
    void anImageTellsItsConfigItsLayersItsSubjectAndItsAnnotations() {
        Descriptor config = new Descriptor("application/vnd.oci.image.config.v1+json", Digest.valueOf(DIGEST_A), 7);
        Descriptor layer =
                new Descriptor("application/vnd.oci.image.layer.v1.tar+gzip", Digest.valueOf(DIGEST_B), 32654);
        Descriptor foreign = new Descriptor(
                "application/vnd.oci.image.layer.nondistributable.v1.tar",
                Digest.valueOf(DIGEST_C),
                0,
                List.of("https://example.com/layer"),
                null);
        Manifest manifest = parse(IMAGE, MediaTypes.OCI_MANIFEST);
        assertThat(manifest)
                .isEqualTo(new ImageManifest(
                        MediaTypes.OCI_MANIFEST,
                        "application/vnd.oci.image.config.v1+json",
                        config,
                        List.of(layer, foreign),
                        new Descriptor(MediaTypes.OCI_MANIFEST, Digest.valueOf(DIGEST_B), 1),
                        Map.of("com.example.key1", "value1", "empty", "")));
        assertThat(manifest.descriptors()).containsExactly(config, layer, foreign);
        assertThat(manifest.requiredBlobs()).containsExactly(config, layer);
        assertThat(manifest.children()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\ud800", "\\udc00x", "\\uDbff\\u0041"})
    void halfOfASurrogatePairIsRefusedBecauseReadersDifferOnIt(String half) {
        String document = INDEX.replaceFirst("\\{", "{\"annotations\":{\"a\":\"" + half.replace("\\", "\\\\") + "\"},");

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> parse(document, MediaTypes.OCI_INDEX))
                .satisfies(refused -> assertThat(refused.details().toString()).contains("surrogate"));
    }

    @Test
    void anIndexTellsItsManifests() {
        Descriptor child = new Descriptor(
                MediaTypes.OCI_MANIFEST,
                Digest.valueOf(DIGEST_A),
                7143,
                List.of(),
                new Descriptor.Platform("ppc64le", "linux"));
        Manifest manifest = parse(INDEX, MediaTypes.OCI_INDEX);
        assertThat(manifest).isEqualTo(new ImageIndex(MediaTypes.OCI_INDEX, null, List.of(child), null, Map.of()));
        assertThat(manifest.children()).containsExactly(child);
        assertThat(manifest.requiredBlobs()).isEmpty();
    }

    @Test
    void dockersManifestsAreReadLikewise() {
        assertThat(parse(DOCKER_IMAGE, MediaTypes.DOCKER_MANIFEST).mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
        String list = INDEX.replace(MediaTypes.OCI_INDEX, MediaTypes.DOCKER_MANIFEST_LIST);
        assertThat(parse(list, MediaTypes.DOCKER_MANIFEST_LIST)).isInstanceOf(ImageIndex.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.oci.image.manifest.v1+json; charset=utf-8",
                "application/vnd.oci.image.manifest.v1+json;charset=utf-8;x=y",
                " Application/VND.oci.image.manifest.v1+json ",
            })
    void parametersAndCaseOfContentTypeDoNotMatter(String contentType) {
        assertThat(parse(IMAGE, contentType).mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    }

    @Test
    void withoutContentTypeTheFieldDecides() {
        assertThat(parse(IMAGE, null).mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
        assertThat(parse(INDEX, "").mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
        assertThat(parse(DOCKER_IMAGE, " ; charset=utf-8").mediaType()).isEqualTo(MediaTypes.DOCKER_MANIFEST);
    }

    @Test
    void onlyOciDocumentsMayDoWithoutTheField() {
        assertThat(parse(withoutMediaType(IMAGE), MediaTypes.OCI_MANIFEST)).isInstanceOf(ImageManifest.class);
        assertThat(parse(withoutMediaType(INDEX), MediaTypes.OCI_INDEX)).isInstanceOf(ImageIndex.class);
        assertInvalid(withoutMediaType(DOCKER_IMAGE), MediaTypes.DOCKER_MANIFEST, "mediaType is missing");
        assertInvalid(withoutMediaType(INDEX), MediaTypes.DOCKER_MANIFEST_LIST, "mediaType is missing");
        assertInvalid(withoutMediaType(IMAGE), null, "mediaType is missing, and so is Content-Type");
    }

    @Test
    void aFieldThatContradictsContentTypeIsRefused() {
        assertInvalid(IMAGE, MediaTypes.OCI_INDEX, "mediaType is " + MediaTypes.OCI_MANIFEST);
        assertInvalid(IMAGE, MediaTypes.DOCKER_MANIFEST, "but Content-Type is " + MediaTypes.DOCKER_MANIFEST);
        assertInvalid(IMAGE, "application/json", "but Content-Type is application/json");
    }

    @Test
    void anUnknownTypeIsNamed() {
        String unknown = IMAGE.replace(MediaTypes.OCI_MANIFEST, "application/vnd.example+json");
        assertInvalid(unknown, "application/vnd.example+json", "unknown media type application/vnd.example+json");
    }

    @ParameterizedTest
    @CsvSource({"config, {}", "layers, []"})
    void aDocumentThatIsBothImageAndIndexIsRefusedAsEither(String field, String value) {
        String both = INDEX.replace("\"manifests\"", "\"" + field + "\": " + value + ", \"manifests\"");
        assertInvalid(both, MediaTypes.OCI_INDEX, "image or index?");
        assertInvalid(withoutMediaType(both), MediaTypes.OCI_MANIFEST, "image or index?");
    }

    @Test
    void theArtifactTypeIsTheDocumentsOwnElseItsConfigsElseNone() {
        String own = "\"artifactType\": \"application/vnd.example\", \"schemaVersion\"";
        assertThat(parse(IMAGE.replace("\"schemaVersion\"", own), null).artifactType())
                .isEqualTo("application/vnd.example");
        assertThat(parse(INDEX.replace("\"schemaVersion\"", own), null).artifactType())
                .isEqualTo("application/vnd.example");
        String empty = "\"artifactType\": \"\", \"schemaVersion\"";
        assertThat(parse(IMAGE.replace("\"schemaVersion\"", empty), null).artifactType())
                .isEqualTo("application/vnd.oci.image.config.v1+json");
        assertThat(parse(INDEX.replace("\"schemaVersion\"", empty), null).artifactType())
                .isNull();
    }

    @Test
    void optionalFieldsMayBeNull() {
        Manifest manifest = parse(
                INDEX.replace(
                        "\"schemaVersion\"",
                        "\"subject\": null, \"annotations\": null, \"artifactType\": null, \"config\": null, \"schemaVersion\""),
                null);
        assertThat(manifest.subject()).isNull();
        assertThat(manifest.annotations()).isEmpty();
        assertThat(manifest.artifactType()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "schemaVersion\": 2|schemaVersion\": 1|schemaVersion is not 2",
                "schemaVersion\": 2|schemaVersion\": \"2\"|schemaVersion is no integer",
                "schemaVersion\": 2|schemaVersion\": 2.0|schemaVersion is no integer",
                "schemaVersion\": 2|version\": 2|schemaVersion is missing",
                "\"config\"|\"configuration\"|config is missing",
                "\"layers\"|\"layer\"|layers is missing",
                "\"layers\": [|\"layers\": [null, |layers[0] is no object",
                "\"layers\": [|\"layers\": [[], |layers[0] is no object",
                "\"size\": 7}|\"size\": -1}|config.size is negative",
                "\"size\": 7}|\"size\": 7.5}|config.size is no integer",
                "\"size\": 7}|\"size\": 1e3}|config.size is no integer",
                "\"size\": 7}|\"size\": 9223372036854775808}|config.size is too large",
                "\"size\": 7}|\"size\": true}|config.size is no integer",
                "\"size\": 7}|\"size\": null}|config.size is missing",
                "\"size\": 7}|\"length\": 7}|config.size is missing",
                "sha512:cc|sha512:c|layers[1].digest is no digest",
                "sha512:|blake3:|layers[1].digest is no digest",
                "application/vnd.oci.image.layer.v1.tar+gzip||layers[0].mediaType is no media type",
                "application/vnd.oci.image.layer.v1.tar+gzip|a\\u0000b|layers[0].mediaType is no media type",
                "\"subject\": {|\"subject\": {\"x\": 1}, \"y\": {|subject.mediaType is missing",
                "\"subject\": {|\"subject\": [], \"y\": {|subject is no object",
                "\"annotations\": {\"com|\"annotations\": {\"n\": 1, \"com|annotations.n is no string",
                "\"annotations\": {\"com|\"annotations\": [], \"y\": {\"com|annotations is no object",
                "\"schemaVersion\"|\"artifactType\": 3, \"schemaVersion\"|artifactType is no string",
                "\"schemaVersion\"|\"artifactType\": \"\\n\", \"schemaVersion\"|artifactType is no media type",
                "\"mediaType\": \"application/vnd.oci.image.manifest.v1+json\",|\"mediaType\": 1,|mediaType is no string",
            })
    void whatIsWrongIsSaidWithItsPlace(String part, @Nullable String replacement, String detail) {
        assertThat(IMAGE).contains(part);
        int at = IMAGE.indexOf(part);
        String broken =
                IMAGE.substring(0, at) + (replacement == null ? "" : replacement) + IMAGE.substring(at + part.length());
        assertInvalid(broken, MediaTypes.OCI_MANIFEST, detail);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "[]",
                "2",
                "\"x\"",
                "{",
                "{}}",
                "{} {}",
                "{}x",
                "{,}",
                "{\"a\": 01}",
                "{\"a\": NaN}",
                "{'a': 1}",
                "{\"a\": \"\n\"}",
                "\ufeff{}",
                "{/**/}",
            })
    void whatIsNoJsonObjectIsRefused(String text) {
        assertInvalid(text, MediaTypes.OCI_MANIFEST, "no JSON object");
    }

    @Test
    void aKeyThatStandsTwiceIsRefusedAtAnyDepth() {
        assertInvalid(IMAGE.replace("\"schemaVersion\"", "\"layers\": [], \"schemaVersion\""), null, "no JSON object");
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"size\": 7, \"size\": 7}"), null, "no JSON object");
        assertInvalid(
                IMAGE.replace("\"schemaVersion\"", "\"x\": {\"y\": 1, \"\\u0079\": 2}, \"schemaVersion\""),
                null,
                "no JSON object");
    }

    @Test
    void onlyUtf8IsRead() {
        assertInvalid(IMAGE.getBytes(StandardCharsets.UTF_16LE), "");
        assertInvalid(new byte[] {'{', '"', (byte) 0xc0, (byte) 0x80, '"', ':', '1', '}'}, "not in UTF-8");
        assertInvalid(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, "not in UTF-8");
        assertInvalid(new byte[] {'{', '"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"', ':', '1', '}'}, "not in UTF-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":"})
    void nestingIsBoundedAndNeverExhaustsTheStack(String opening) {
        String deep = opening.repeat((4 << 20) / opening.length() - 100);
        assertInvalid("{\"schemaVersion\": 2, \"x\": " + deep, MediaTypes.OCI_MANIFEST, "nested deeper than 64");
    }

    @Test
    void nestingWithinTheBoundIsNoMatter() {
        String nested = "[".repeat(60) + "]".repeat(60);
        assertThat(parse(IMAGE.replace("\"schemaVersion\"", "\"x\": " + nested + ", \"schemaVersion\""), null))
                .isInstanceOf(ImageManifest.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"Config\": {}",
                "\"LAYERS\": []",
                "\"Manifests\": []",
                "\"manifest\u017f\": []",
                "\"MediaType\": \"application/vnd.oci.image.index.v1+json\"",
                "\"arti\\u0066acttype\": \"a/b\"",
                "\"x\": {\"Digest\": 1}",
                "\"x\": [{\"\u017fize\": 1}]",
            })
    void aNameThatGoTakesForAnotherIsRefused(String member) {
        assertInvalid(IMAGE.replace("\"schemaVersion\"", member + ", \"schemaVersion\""), null, "to some readers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fsLayers", "history", "signatures", "name", "tag", "architecture"})
    void fieldsOfSchema1AreRefused(String name) {
        assertInvalid(
                IMAGE.replace("\"schemaVersion\"", "\"" + name + "\": [], \"schemaVersion\""),
                null,
                "belongs to schemaVersion 1");
    }

    @Test
    void namesOfAnnotationsAreTheirAuthors() {
        assertThat(parse(IMAGE.replace("\"annotations\": {", "\"annotations\": {\"Digest\": \"x\", "), null))
                .isInstanceOf(ImageManifest.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e0", "1E0", "-0", "0e5", "10e-1"})
    void aSizeIsMadeOfDigits(String size) {
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"size\": " + size + "}"), null, "");
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"\\u0073ize\": " + size + "}"), null, "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "{}", "[]", "\"\"", "null", "{\"a\":0}"})
    void moreValuesThanAnyManifestHasAreRefused(String value) {
        String many = (value + ",").repeat(250_000);
        String array = "[" + many.substring(0, many.length() - 1) + "]";
        assertInvalid(IMAGE.replace("\"schemaVersion\"", "\"x\": " + array + ", \"schemaVersion\""), null, "values");
    }

    @Test
    void numbersOfMegabytesAreRefusedAtOnce() {
        String digits = "9".repeat(4 << 20);
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"size\": " + digits + "}"), null, "");
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"size\": 1e999999999}"), null, "config.size is");
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"size\": 1e-999999999}"), null, "config.size is");
        assertInvalid(IMAGE.replace("\"size\": 7}", "\"size\": 1e99999999999999999999}"), null, "");
    }

    @Test
    void tensOfThousandsOfLayersAreRead() {
        String layer = "{\"mediaType\": \"a/b\", \"digest\": \"%s\", \"size\": 1}".formatted(DIGEST_A);
        String layers = String.join(",", Collections.nCopies(30_000, layer));
        Manifest manifest = parse(DOCKER_IMAGE.replace("[]", "[" + layers + "]"), null);
        assertThat(manifest.requiredBlobs()).hasSize(30_001);
    }

    /** The seed of a run is in the message of its failure. */
    @RepeatedTest(3)
    void nothingButRegistryExceptionsComesOutOfMutatedManifests() {
        Seed seed = Seed.ofThisRun();
        Random random = seed.random();
        List<String> originals = List.of(IMAGE, INDEX, DOCKER_IMAGE);
        for (int i = 0; i < 5_000; i++) {
            byte[] mutated = MutatedText.of(originals.get(i % 3).getBytes(StandardCharsets.UTF_8), random);
            try {
                assertThat(ManifestParser.parse(mutated, null).mediaType()).isNotEmpty();
            } catch (RegistryException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MANIFEST_INVALID);
            } catch (RuntimeException e) {
                fail(seed + ": " + new String(mutated, StandardCharsets.ISO_8859_1), e);
            }
        }
    }

    private static Manifest parse(String text, @Nullable String contentType) {
        return ManifestParser.parse(text.getBytes(StandardCharsets.UTF_8), contentType);
    }

    private static String withoutMediaType(String text) {
        return text.replaceFirst("\"mediaType\": \"[^\"]+\",", "");
    }

    private static void assertInvalid(String text, @Nullable String contentType, String detail) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> parse(text, contentType))
                .matches(e -> e.code() == ErrorCode.MANIFEST_INVALID && e.status() == 400)
                .withMessageContaining(detail);
    }

    private static void assertInvalid(byte[] payload, String detail) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> ManifestParser.parse(payload, MediaTypes.OCI_MANIFEST))
                .matches(e -> e.code() == ErrorCode.MANIFEST_INVALID)
                .withMessageContaining(detail);
    }
}
