package com.laincloud.registry.oci;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.oci.Manifest.Schema1Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class Schema1ParserTest {

    private static final String DIGEST_A = "sha256:" + "a".repeat(64);
    private static final String DIGEST_B = "sha256:" + "b".repeat(64);

    private static final String UNSIGNED = """
            {"schemaVersion":1,"name":"library/debian","tag":"stable","architecture":"amd64",\
            "fsLayers":[{"blobSum":"%s"},{"blobSum":"%s"},{"blobSum":"%s"}],\
            "history":[{"v1Compatibility":"{}"},{"v1Compatibility":"{}"},{"v1Compatibility":"{}"}]}""".formatted(DIGEST_A, DIGEST_B, DIGEST_A);

    @Test
    void aManifestTellsItsNameItsTagItsLayersAndWhatItNeeds() {
        Schema1Manifest manifest = parse(signed(UNSIGNED), MediaTypes.SCHEMA1_SIGNED);

        assertThat(manifest.mediaType()).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        assertThat(manifest.name()).hasToString("library/debian");
        assertThat(manifest.tag()).isEqualTo("stable");
        assertThat(manifest.layers()).hasToString("[%s, %s, %s]".formatted(DIGEST_A, DIGEST_B, DIGEST_A));
        assertThat(manifest.requiredBlobs())
                .extracting(blob -> blob.digest().toString())
                .containsExactly(DIGEST_A, DIGEST_B);
        assertThat(manifest.children()).isEmpty();
        assertThat(manifest.subject()).isNull();
        assertThat(manifest.artifactType()).isNull();
        assertThat(manifest.annotations()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "stored.json, 46aac36a13b5c1b1ff15e94b163c53674580721c0bbefb53cdbc3806324447f7",
        "converted.json, 35ed8655876619dc9ac93ddcfff4d7d726ca4e07874567ea8782b3423c8cb0c8",
    })
    void theDigestIsOfWhatWasSignedAndTheOneThatDockerDistributionGives(String file, String digest) throws Exception {
        byte[] payload = requireResource("/com/laincloud/registry/schema1/" + file);

        byte[] canonical = ManifestParser.parse(payload, null).canonical(payload);

        assertThat(Digest.of(DigestAlgorithm.SHA256, canonical)).hasToString("sha256:" + digest);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "application/json",
                "application/json; charset=utf-8",
                "application/octet-stream",
                "application/vnd.docker.distribution.manifest.v1+json",
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
            })
    void aSignedOneIsUnderstoodUnderEveryNameItIsSentBy(@Nullable String contentType) {
        assertThat(parse(signed(UNSIGNED), contentType).mediaType()).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/vnd.oci.image.manifest.v1+json",
                "application/vnd.oci.image.index.v1+json",
                "application/vnd.docker.distribution.manifest.v2+json",
                "application/vnd.docker.distribution.manifest.list.v2+json",
            })
    void underTheNameOfAnotherSchemaItIsInvalid(String contentType) {
        refused(signed(UNSIGNED), contentType, ErrorCode.MANIFEST_INVALID, "schemaVersion is not 2");
    }

    @Test
    void onlyOneThatSaysSoMayBeUnsigned() {
        Schema1Manifest manifest = parse(UNSIGNED, MediaTypes.SCHEMA1);
        assertThat(manifest.mediaType()).isEqualTo(MediaTypes.SCHEMA1);
        assertThat(manifest.canonical(UNSIGNED.getBytes(UTF_8))).isEqualTo(UNSIGNED.getBytes(UTF_8));

        for (String contentType : List.of("", "application/json", MediaTypes.SCHEMA1_SIGNED)) {
            refused(UNSIGNED, contentType, ErrorCode.MANIFEST_UNVERIFIED, "has no signatures");
            refused(
                    UNSIGNED.replaceFirst("]}$", "],\"signatures\":[]}"),
                    contentType,
                    ErrorCode.MANIFEST_UNVERIFIED,
                    "has no signatures");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"fsLayers\"|\"layers\"|layers stands in a document of schema 1",
                "\"tag\"|\"config\"|config stands in a document of schema 1",
                "\"tag\"|\"manifests\"|manifests stands in a document of schema 1",
                "\"fsLayers\"|\"fslayers\"|fsLayers is missing",
                "\"history\"|\"past\"|history is missing",
                "{\"v1Compatibility\":\"{}\"},||history has 1 entries, but fsLayers 3",
                "v1Compatibility|v2Compatibility|history[0].v1Compatibility is missing",
                "\"blobSum\"|\"digest\"|fsLayers[0].blobSum is missing",
                "sha256:a|sha256:x|fsLayers[0].blobSum is no digest",
                "\"name\"|\"nom\"|name is missing",
                "\"tag\":\"stable\"|\"tag\":1|tag is no string",
                "\"tag\"|\"name\"|no JSON object",
            })
    void aDocumentThatIsNotOfTheFormIsInvalid(String what, String by, String reason) {
        assertThat(UNSIGNED).contains(what);

        refused(UNSIGNED.replace(what, by == null ? "" : by), MediaTypes.SCHEMA1, ErrorCode.MANIFEST_INVALID, reason);
    }

    @Test
    void withoutLayersItIsInvalid() {
        String empty = UNSIGNED.replaceFirst("\"fsLayers\":.*", "\"fsLayers\":[],\"history\":[]}");

        refused(empty, MediaTypes.SCHEMA1, ErrorCode.MANIFEST_INVALID, "fsLayers is empty");
    }

    @Test
    void aNameThatNoRepositoryMayHaveIsInvalid() {
        refused(UNSIGNED.replace("library/debian", "UPPER"), MediaTypes.SCHEMA1, ErrorCode.NAME_INVALID, "UPPER");
    }

    /** The bytes that are signed could otherwise be another image than the one that other readers see. */
    @Test
    void theSignedPartMustSayWhatTheDocumentSays() {
        String tail = UNSIGNED.replace("stable", "other").substring(1);

        refused(
                signed(UNSIGNED, "{\"formatLength\":1,\"formatTail\":\"%s\"}".formatted(base64(tail))),
                null,
                ErrorCode.MANIFEST_INVALID,
                "sign something else than the document says");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|formatLength is missing",
                "{\"formatLength\":0,\"formatTail\":\"fQ\"}|formatLength lies outside",
                "{\"formatLength\":-1,\"formatTail\":\"fQ\"}|formatLength lies outside",
                "{\"formatLength\":99999,\"formatTail\":\"fQ\"}|formatLength lies outside",
                "{\"formatLength\":4294967299,\"formatTail\":\"fQ\"}|formatLength lies outside",
                "{\"formatLength\":1.5,\"formatTail\":\"fQ\"}|formatLength is no integer",
                "{\"formatLength\":\"1\",\"formatTail\":\"fQ\"}|formatLength is no integer",
                "{\"formatLength\":20}|formatTail is missing",
                "{\"formatLength\":20,\"formatTail\":\"*\"}|formatTail is not in base64url",
                "{\"formatLength\":20,\"formatTail\":\"fQ\"}|no JSON object",
                "[]|no JSON object",
            })
    void aProtectedHeaderThatDoesNotSayWhatWasSignedIsInvalid(String header, String reason) {
        refused(signed(UNSIGNED, header), null, ErrorCode.MANIFEST_INVALID, reason);
    }

    @Test
    void signaturesOfDifferentPartsAreInvalid() {
        String part = "{\"formatLength\":%d,\"formatTail\":\"fQ\"}";
        int length = UNSIGNED.length() - 1;

        refused(
                signed(UNSIGNED, part.formatted(length), part.formatted(length - 1)),
                null,
                ErrorCode.MANIFEST_INVALID,
                "sign different parts");
    }

    @Test
    void moreSignaturesThanAnyManifestHasAreInvalid() {
        String[] headers = new String[17];
        Arrays.fill(headers, "{\"formatLength\":%d,\"formatTail\":\"fQ\"}".formatted(UNSIGNED.length() - 1));

        refused(signed(UNSIGNED, headers), null, ErrorCode.MANIFEST_INVALID, "signatures are more than 16");
    }

    @Test
    void theChildForAPlatformIsTheFirstOfItsKind() {
        String index = """
                {"schemaVersion":2,"manifests":[
                {"mediaType":"m","size":1,"digest":"%1$s","platform":{"os":"unknown","architecture":"unknown"}},
                {"mediaType":"m","size":1,"digest":"%1$s"},
                {"mediaType":"m","size":1,"digest":"%2$s","platform":{"os":"linux","architecture":"amd64"}},
                {"mediaType":"m","size":1,"digest":"%1$s","platform":{"os":"linux","architecture":"amd64"}}
                ]}""".formatted(DIGEST_A, DIGEST_B);

        assertThat(ManifestParser.childFor("linux", "amd64", index.getBytes(UTF_8)))
                .hasValueSatisfying(digest -> assertThat(digest).hasToString(DIGEST_B));
        assertThat(ManifestParser.childFor("linux", "arm64", index.getBytes(UTF_8)))
                .isEmpty();
        assertThat(ManifestParser.childFor("linux", "amd64", UNSIGNED.getBytes(UTF_8)))
                .isEmpty();
    }

    private static String signed(String document) {
        return signed(document, "{\"formatLength\":%d,\"formatTail\":\"fQ\"}".formatted(document.length() - 1));
    }

    private static String signed(String document, String... protectedHeaders) {
        List<String> blocks = Arrays.stream(protectedHeaders)
                .map(header -> "{\"header\":{\"alg\":\"ES256\"},\"signature\":\"\",\"protected\":\"%s\"}"
                        .formatted(base64(header)))
                .toList();
        return document.substring(0, document.length() - 1) + ",\"signatures\":" + blocks + "}";
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
    }

    private static byte[] requireResource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Schema1ParserTest.class.getResourceAsStream(name))) {
            return in.readAllBytes();
        }
    }

    private static Schema1Manifest parse(String json, @Nullable String contentType) {
        return (Schema1Manifest) ManifestParser.parse(json.getBytes(UTF_8), contentType);
    }

    private static void refused(String json, @Nullable String contentType, ErrorCode code, String reason) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> ManifestParser.parse(json.getBytes(UTF_8), contentType))
                .matches(e -> e.code() == code)
                .withMessageContaining(reason);
    }
}
