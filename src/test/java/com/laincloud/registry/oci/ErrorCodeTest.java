package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ErrorCodeTest {

    @Test
    void theCodesAreThoseOfTheSpecificationAndThoseClientsOfDockerKnow() {
        String codes = Arrays.stream(ErrorCode.values())
                .map(code -> code + " " + code.status())
                .collect(Collectors.joining("\n"));
        assertThat(codes).isEqualTo("""
                BLOB_UNKNOWN 404
                BLOB_UPLOAD_INVALID 400
                BLOB_UPLOAD_UNKNOWN 404
                DIGEST_INVALID 400
                MANIFEST_BLOB_UNKNOWN 400
                MANIFEST_INVALID 400
                MANIFEST_UNKNOWN 404
                NAME_INVALID 400
                NAME_UNKNOWN 404
                SIZE_INVALID 400
                UNAUTHORIZED 401
                DENIED 403
                UNSUPPORTED 405
                TOOMANYREQUESTS 429
                TAG_INVALID 400
                MANIFEST_UNVERIFIED 400
                UNAVAILABLE 503
                UNKNOWN 500
                PAGINATION_NUMBER_INVALID 400
                RANGE_INVALID 416
                TAG_IMMUTABLE 409
                PRECONDITION_FAILED 412""");
    }

    @ParameterizedTest
    @EnumSource
    void everyCodeHasASentence(ErrorCode code) {
        assertThat(code.message("a detail")).isNotBlank();
    }

    @Test
    void whatAnOperatorHasForbiddenIsSaidInTheSentenceThatClientsShow() {
        assertThat(ErrorCode.DENIED.message("the quota of a/* is 5 bytes")).endsWith(": the quota of a/* is 5 bytes");
        assertThat(ErrorCode.UNAUTHORIZED.message("the token has expired")).doesNotContain("expired");
    }
}
