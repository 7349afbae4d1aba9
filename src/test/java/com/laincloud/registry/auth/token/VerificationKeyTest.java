package com.laincloud.registry.auth.token;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import java.nio.charset.StandardCharsets;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationKeyTest {

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void aSignatureIsOfItsKeyBytesAndAlgorithmAndOfNoOther(String name) {
        TokenMint mint = TokenMint.of(name);
        String[] parts = mint.mint("{}").split("\\.", -1);
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(US_ASCII);
        byte[] signature = Base64.getUrlDecoder().decode(parts[2]);
        SigningAlgorithm algorithm = SigningAlgorithm.valueOf(name.toUpperCase(Locale.ROOT));
        VerificationKey key = VerificationKey.of(mint.publicKey());

        assertThat(key.signed(signed, signature, algorithm)).isTrue();
        for (SigningAlgorithm other : EnumSet.complementOf(EnumSet.of(algorithm))) {
            assertThat(key.signed(signed, signature, other)).as(other.name()).isFalse();
        }
        assertThat(VerificationKey.of(TokenMint.of(name).publicKey()).signed(signed, signature, algorithm))
                .isFalse();
        signed[0] ^= 1;
        assertThat(key.signed(signed, signature, algorithm)).isFalse();
        assertThat(key.signed(signed, new byte[0], algorithm)).isFalse();
        assertThat(key.signed(signed, new byte[signature.length], algorithm)).isFalse();
    }

    /** RFC 7515, A.3 and RFC 8037, A.4. */
    @ParameterizedTest
    @ValueSource(strings = {"""
        {"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",\
        "y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0","kid":"example"} ES256 \
        eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnV\
        lfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q""", """
        {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"example"} EDDSA \
        eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki\
        4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"""})
    void theExamplesOfTheStandardsAreVerified(String example) {
        String[] words = example.split(" ", -1);
        String jwks = "{\"keys\":[" + words[0] + "]}";
        String signed = words[2].substring(0, words[2].lastIndexOf('.'));
        byte[] signature = Base64.getUrlDecoder().decode(words[2].substring(words[2].lastIndexOf('.') + 1));

        VerificationKey key = KeyFiles.read(List.of(jwks.getBytes(StandardCharsets.UTF_8)))
                .find("example")
                .orElseThrow();

        assertThat(key.signed(signed.getBytes(US_ASCII), signature, SigningAlgorithm.valueOf(words[1])))
                .isTrue();
    }

    @Test
    void keysThatAreTooShortOrOfAnotherKindAreOfNoUse() throws Exception {
        KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
        rsa.initialize(1024);
        KeyPairGenerator ec = KeyPairGenerator.getInstance("EC");
        ec.initialize(new ECGenParameterSpec("secp256r1"));

        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> VerificationKey.of(rsa.generateKeyPair().getPublic()))
                .withMessageContaining("1024 bits");
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> VerificationKey.of(
                        KeyPairGenerator.getInstance("DSA").generateKeyPair().getPublic()))
                .withMessageContaining("DSA");
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> VerificationKey.of(
                        KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPublic()))
                .withMessageContaining("Ed448");
        assertThat(VerificationKey.of(ec.generateKeyPair().getPublic()).algorithms())
                .containsExactly(SigningAlgorithm.ES256);
    }
}
