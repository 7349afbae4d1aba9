package com.laincloud.registry.auth.token;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.laincloud.registry.auth.RefusedException;
import java.nio.charset.StandardCharsets;

/** What is not signed with a trusted key is refused, whatever it is. */
class TokenFuzzTest {

    private static final TokenVerifier VERIFIER = TokenVerifierTest.ofAllAlgorithms();

    @FuzzTest
    void token(byte[] text) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> VERIFIER.verify(new String(text, StandardCharsets.ISO_8859_1)));
    }
}
