package com.laincloud.registry.schema1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.laincloud.registry.oci.Manifest.Schema1Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.MediaTypes;
import java.time.Instant;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrettySignatureTest {

    private static final Instant NOW = Instant.parse("2026-11-24T13:57:41.987Z");

    private static final String COMPACT = """
            {"schemaVersion":1,"name":"a/b","tag":"é","fsLayers":[{"blobSum":"sha256:%s"}],\
            "history":[{"v1Compatibility":"{}"}]}""".formatted("a".repeat(64));

    @ParameterizedTest
    @ValueSource(strings = {"ec256-sec1.pem", "ec384-pkcs8.pem", "ec521-with-parameters.pem", "rsa-pkcs1.pem"})
    void whatIsSignedVerifiesAndGivesTheDocumentBack(String file) {
        SigningKey key = SigningKeyFile.read(Resources.path(file));
        for (String document : new String[] {COMPACT, COMPACT + "\n", COMPACT.replace("]}", "]\n}\n\t "), indented()}) {
            byte[] signed = PrettySignature.sign(document.getBytes(UTF_8), key, NOW);

            Schema1Manifest manifest = (Schema1Manifest) ManifestParser.parse(signed, MediaTypes.SCHEMA1_SIGNED);
            byte[] canonical = manifest.canonical(signed);
            assertThat(new String(canonical, UTF_8)).isEqualTo(document);
            assertThat(manifest.signatures()).hasSize(1);
            assertThatCode(() -> SignatureVerifier.verify(canonical, manifest.signatures()))
                    .doesNotThrowAnyException();
            assertThat(new String(
                            Base64.getUrlDecoder()
                                    .decode(manifest.signatures().getFirst().protectedHeader()),
                            UTF_8))
                    .endsWith("\"time\":\"2026-11-24T13:57:41Z\"}");
        }
    }

    /** A document that docker/distribution made and signed, without its signature. */
    private static String indented() {
        byte[] signed = Resources.bytes("converted.json");
        return new String(ManifestParser.parse(signed, null).canonical(signed), UTF_8);
    }
}
