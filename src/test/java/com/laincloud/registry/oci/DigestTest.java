package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DigestTest {

    private static final String ABC_SHA256 = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    private static final String ABC_SHA512 = "sha512:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
            + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    private static final String DIGITS = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

    @ParameterizedTest
    @CsvSource({"SHA256, " + ABC_SHA256, "SHA512, " + ABC_SHA512})
    void hashesAsTheStandardsSay(DigestAlgorithm algorithm, String expected) {
        byte[] abc = "abc".getBytes(StandardCharsets.US_ASCII);
        assertThat(Digest.of(algorithm, abc)).hasToString(expected).isEqualTo(Digest.valueOf(expected));
        MessageDigest hash = algorithm.newMessageDigest();
        hash.update(abc, 0, 1);
        hash.update(abc, 1, 2);
        assertThat(Digest.finish(algorithm, hash)).hasToString(expected);
    }

    @ParameterizedTest
    @EnumSource
    void readsWhatItWrites(DigestAlgorithm algorithm) {
        Digest digest = Digest.of(algorithm, new byte[] {1, 2, 3});
        assertThat(Digest.valueOf(digest.toString())).isEqualTo(digest);
        assertThat(digest.algorithm()).isEqualTo(algorithm);
        assertThat(digest.encoded()).hasSize(algorithm.encodedLength());
        assertThat(DigestAlgorithm.of(algorithm.identifier())).contains(algorithm);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "sha256",
                "sha256:",
                DIGITS,
                "sha256:" + DIGITS + "0",
                "sha256:" + DIGITS + "\n",
                "sha256: " + DIGITS,
                "sha256::" + DIGITS,
                "SHA256:" + DIGITS,
                "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
                "sha256:ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                "sha512:" + DIGITS,
                "md5:900150983cd24fb0d6963f7d28e17f72",
                "sha384:" + DIGITS + "00000000000000000000000000000000",
                "sha256+b64u:LCa0a2j_xo_5m0U8HTBBNBNCLXBkg7-g-YpeiGJm564",
                "../sha256:" + DIGITS,
            })
    void nothingElseIsADigest(String text) {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> Digest.valueOf(text))
                .matches(e -> e.code() == ErrorCode.DIGEST_INVALID && e.status() == 400);
    }

    @Test
    void aDigestOfAnotherLengthCannotBeMade() {
        assertThatExceptionOfType(RegistryException.class)
                .isThrownBy(() -> new Digest(DigestAlgorithm.SHA512, DIGITS))
                .matches(e -> e.code() == ErrorCode.DIGEST_INVALID);
    }
}
