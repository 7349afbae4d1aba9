package com.laincloud.registry.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.auth.token.TestCertificate.Wish;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import com.laincloud.registry.oci.KeyId;
import com.nimbusds.jose.jwk.RSAKey;
import java.nio.charset.StandardCharsets;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFilesTest {

    private static final TokenMint RSA = TokenMint.of("RS256");

    private static TrustedKeys read(String... files) {
        return KeyFiles.read(Stream.of(files)
                .map(file -> file.getBytes(StandardCharsets.UTF_8))
                .toList());
    }

    private static String jwk(TokenMint mint, String more) {
        String key = new RSAKey.Builder((RSAPublicKey) mint.publicKey()).build().toJSONString();
        return key.replaceFirst("\\{", "{" + more);
    }

    @Test
    void aBundleMayHoldCertificatesAndPublicKeysOfAnyKindAndOtherThings() {
        TestCertificate certificate = TestCertificate.selfSigned(Wish.leaf());
        TokenMint ec = TokenMint.of("ES384");
        TokenMint edwards = TokenMint.of("EdDSA");

        TrustedKeys keys = read("comment\n" + certificate.pem() + RSA.pem() + ec.pem() + "text" + edwards.pem());

        for (TokenMint mint : new TokenMint[] {certificate.key(), RSA, ec, edwards}) {
            assertThat(keys.find(KeyId.of(mint.publicKey()))).isPresent();
            assertThat(keys.find(KeyNames.thumbprint(mint.publicKey()))).isPresent();
            assertThat(keys.find(mint.publicKey())).isPresent();
        }
        assertThat(keys.certificates()).containsExactly(certificate.certificate());
        assertThat(keys.find(TokenMint.of("RS256").publicKey())).isEmpty();
    }

    @Test
    void aKeyOfASetIsKnownByTheNameItWasGivenAndByThoseItHas() {
        TrustedKeys keys = read("{\"keys\":[" + jwk(RSA, "\"kid\":\"mine\",") + "]}");

        assertThat(keys.find("mine")).isPresent();
        assertThat(keys.find(RSA.libtrustId())).isPresent();
    }

    @Test
    void aKeyThatIsForOneAlgorithmIsForThatOneAlone() {
        TrustedKeys keys = read("{\"keys\":[" + jwk(RSA, "\"kid\":\"mine\",\"alg\":\"PS256\",") + "]}");

        assertThat(keys.find("mine").orElseThrow().algorithms()).containsExactly(SigningAlgorithm.PS256);
    }

    @Test
    void keysOfBothFilesAreKnown() {
        TokenMint other = TokenMint.of("RS256");

        TrustedKeys keys = read(RSA.pem(), "{\"keys\":[" + jwk(other, "\"kid\":\"other\",") + "]}");

        assertThat(keys.find(RSA.libtrustId())).isPresent();
        assertThat(keys.find("other")).isPresent();
    }

    @Test
    void aKeyForEncryptionIsPassedOver() {
        String encryption = jwk(TokenMint.of("RS256"), "\"kid\":\"enc\",\"use\":\"enc\",");

        assertThat(read("{\"keys\":[" + encryption + "," + jwk(RSA, "\"kid\":\"sig\",") + "]}")
                        .find("enc"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                                           | no certificate and no public key",
                "nothing of interest                                          | no certificate and no public key",
                "-----BEGIN CERTIFICATE-----\\nAAAA\\n-----END CERTIFICATE----- | CERTIFICATE in it cannot be read",
                "-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----   | PUBLIC KEY in it cannot be read",
                "-----BEGIN PRIVATE KEY-----\\nAAAA\\n-----END PRIVATE KEY----- | no certificate and no public key",
                "{\"keys\":[]}                                                | there is no key",
                "{\"keys\":[                                                  | no JSON Web Key Set",
                "{}                                                           | no JSON Web Key Set",
                "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}                | could as well sign tokens",
                "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AA\",\"y\":\"AA\"}]} | no JSON Web Key Set",
                "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}]} | has 32 bytes",
            })
    void aFileWithoutUsableKeysIsRefusedAndSaysWhy(String content, String fault) {
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> read(content.replace("\\n", "\n")))
                .withMessageContaining(fault)
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void twoKeysOfOneNameAndAKeyForAnAlgorithmThatDoesNotSuitItAreRefused() {
        for (String keys : Arrays.asList(
                jwk(RSA, "\"kid\":\"a\",") + "," + jwk(TokenMint.of("RS256"), "\"kid\":\"a\","),
                jwk(RSA, "\"alg\":\"ES256\","),
                jwk(RSA, "\"alg\":\"HS256\","))) {
            assertThatExceptionOfType(UnusableFileException.class).isThrownBy(() -> read("{\"keys\":[" + keys + "]}"));
        }
    }
}
