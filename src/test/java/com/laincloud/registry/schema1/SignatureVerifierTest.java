package com.laincloud.registry.schema1;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.JsonSignature;
import com.laincloud.registry.oci.Manifest.Schema1Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.RegistryException;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignatureVerifierTest {

    private static final byte[] DOCUMENT = "{\"a\":1}".getBytes(UTF_8);

    @ParameterizedTest
    @ValueSource(strings = {"stored.json", "converted.json"})
    void aSignatureOfLibtrustIsTrueAndOfNoOtherBytes(String file) {
        byte[] signed = Resources.bytes(file);
        Schema1Manifest manifest = (Schema1Manifest) ManifestParser.parse(signed, null);
        byte[] canonical = manifest.canonical(signed);

        assertThatCode(() -> SignatureVerifier.verify(canonical, manifest.signatures()))
                .doesNotThrowAnyException();
        canonical[canonical.length / 2] ^= 1;
        refused(canonical, manifest.signatures(), "not of this manifest");
    }

    @ParameterizedTest
    @CsvSource({
        "rsa-pkcs1.pem, RS256, SHA256withRSA",
        "rsa-pkcs1.pem, RS384, SHA384withRSA",
        "rsa-pkcs1.pem, RS512, SHA512withRSA",
        "ec384-pkcs8.pem, ES384, SHA384withECDSAinP1363Format",
    })
    void everyAlgorithmOfLibtrustIsVerified(String file, String algorithm, String standardName) throws Exception {
        JsonSignature signature = signature(algorithm, key(file), List.of(), standardName, file);

        assertThatCode(() -> SignatureVerifier.verify(DOCUMENT, List.of(signature)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "rsa-pkcs1.pem, none",
        "rsa-pkcs1.pem, HS256",
        "rsa-pkcs1.pem, PS256",
        "rsa-pkcs1.pem, ES256",
        "rsa-pkcs1.pem, rs256",
        "ec384-pkcs8.pem, ES256",
        "ec384-pkcs8.pem, RS256",
        "ec384-pkcs8.pem, ''",
    })
    void anAlgorithmThatIsNotTheKeysIsRefused(String file, String algorithm) throws Exception {
        String standardName = file.startsWith("rsa") ? "SHA256withRSA" : "SHA384withECDSAinP1363Format";

        refused(
                DOCUMENT,
                List.of(signature(algorithm, key(file), List.of(), standardName, file)),
                "does not sign with " + algorithm);
    }

    @Test
    void theFirstCertificateOfAChainVerifies() throws Exception {
        String certificate = Resources.text("ec256-certificate.pem").replaceAll("-----[A-Z ]+-----|\\s", "");
        JsonSignature signature =
                signature("ES256", null, List.of(certificate), "SHA256withECDSAinP1363Format", "ec256-sec1.pem");

        assertThatCode(() -> SignatureVerifier.verify(DOCUMENT, List.of(signature)))
                .doesNotThrowAnyException();
        JsonSignature other =
                signature("ES256", null, List.of(certificate), "SHA384withECDSAinP1363Format", "ec384-pkcs8.pem");
        refused(DOCUMENT, List.of(other), "not of this manifest");
        refused(
                DOCUMENT,
                List.of(signature("ES256", null, List.of("AAAA"), "SHA384withRSA", "rsa-pkcs1.pem")),
                "a certificate cannot be read");
        refused(
                DOCUMENT,
                List.of(signature("ES256", null, List.of("*"), "SHA384withRSA", "rsa-pkcs1.pem")),
                "a certificate cannot be read");
    }

    @Test
    void aKeyUnderAnotherKeysNameIsRefused() throws Exception {
        JsonObject renamed = Json.createObjectBuilder(key("rsa-pkcs1.pem"))
                .add("kid", key("ec384-pkcs8.pem").getString("kid"))
                .build();

        refused(
                DOCUMENT,
                List.of(signature("RS256", renamed, List.of(), "SHA256withRSA", "rsa-pkcs1.pem")),
                "is not the one of that name");
    }

    @Test
    void aKeyNeedNotHaveAName() throws Exception {
        JsonObject unnamed =
                Json.createObjectBuilder(key("rsa-pkcs1.pem")).remove("kid").build();

        JsonSignature signature = signature("RS256", unnamed, List.of(), "SHA256withRSA", "rsa-pkcs1.pem");
        assertThatCode(() -> SignatureVerifier.verify(DOCUMENT, List.of(signature)))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
                "{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AAAA\",\"y\":\"AAAA\"}",
                "{\"kty\":\"EC\"}",
                "{\"kty\":\"RSA\",\"n\":\"AA\",\"e\":\"AA\"}",
                "{\"kty\":1}",
                "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}",
            })
    void whatIsNoPublicKeyIsRefused(String json) throws Exception {
        JsonObject key = Json.createReader(new StringReader(json)).readObject();

        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> SignatureVerifier.verify(
                        DOCUMENT, List.of(signature("ES256", key, List.of(), "SHA256withRSA", "rsa-pkcs1.pem"))))
                .matches(e -> e.code() == ErrorCode.MANIFEST_UNVERIFIED);
    }

    @Test
    void aSignatureWithoutKeyOrThatIsNoSignatureIsRefused() throws Exception {
        refused(
                DOCUMENT,
                List.of(signature("RS256", null, List.of(), "SHA256withRSA", "rsa-pkcs1.pem")),
                "neither key nor certificate");
        for (String signature : List.of("", "AAAA", "not base64")) {
            refused(
                    DOCUMENT,
                    List.of(new JsonSignature("RS256", key("rsa-pkcs1.pem"), List.of(), "e30", signature, 6, "}")),
                    "not of this manifest");
        }
    }

    @Test
    void oneFalseSignatureAmongTrueOnesIsRefused() throws Exception {
        JsonSignature right = signature("RS256", key("rsa-pkcs1.pem"), List.of(), "SHA256withRSA", "rsa-pkcs1.pem");
        List<JsonSignature> signatures = new ArrayList<>(List.of(right, right));
        assertThatCode(() -> SignatureVerifier.verify(DOCUMENT, signatures)).doesNotThrowAnyException();

        signatures.add(signature(
                "ES384", key("ec384-pkcs8.pem"), List.of(), "SHA256withECDSAinP1363Format", "ec384-pkcs8.pem"));
        refused(DOCUMENT, signatures, "not of this manifest");
    }

    private static void refused(byte[] canonical, List<JsonSignature> signatures, String reason) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> SignatureVerifier.verify(canonical, signatures))
                .matches(e -> e.code() == ErrorCode.MANIFEST_UNVERIFIED)
                .withMessageContaining(reason);
    }

    private static JsonObject key(String file) {
        return SigningKeyFile.read(Resources.path(file)).toPublicJson();
    }

    /** A signature that is made here by the platform alone, over {@link #DOCUMENT}. */
    private static JsonSignature signature(
            String algorithm, @Nullable JsonObject key, List<String> chain, String standardName, String file)
            throws GeneralSecurityException {
        String header = Base64.getUrlEncoder().withoutPadding().encodeToString("{\"time\":\"now\"}".getBytes(UTF_8));
        String payload = Base64.getUrlEncoder().withoutPadding().encodeToString(DOCUMENT);
        Signature signer = Signature.getInstance(standardName);
        signer.initSign(privateKey(file));
        signer.update((header + "." + payload).getBytes(UTF_8));
        return new JsonSignature(
                algorithm,
                key,
                chain,
                header,
                Base64.getUrlEncoder().withoutPadding().encodeToString(signer.sign()),
                6,
                "}");
    }

    private static PrivateKey privateKey(String file) throws GeneralSecurityException {
        String pkcs8 = switch (file) {
            case "rsa-pkcs1.pem" -> "rsa-pkcs8.pem";
            case "ec256-sec1.pem" -> "ec256-pkcs8.pem";
            default -> file;
        };
        byte[] der = Base64.getDecoder().decode(Resources.text(pkcs8).replaceAll("-----[A-Z ]+-----|\\s", ""));
        return KeyFactory.getInstance(file.startsWith("rsa") ? "RSA" : "EC")
                .generatePrivate(new PKCS8EncodedKeySpec(der));
    }
}
