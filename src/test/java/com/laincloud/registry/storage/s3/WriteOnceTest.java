package com.laincloud.registry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.storage.StorageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.services.s3.model.S3Exception;

class WriteOnceTest {

    private final WriteOnce once = new WriteOnce();
    private final List<@Nullable String> conditions = new ArrayList<>();

    private void writeToAStoreThatAnswers(int status, String code) {
        once.write(condition -> {
            conditions.add(condition);
            if (condition != null) {
                throw S3Fault.of(
                        "bucket b, key",
                        S3Exception.builder()
                                .statusCode(status)
                                .awsErrorDetails(AwsErrorDetails.builder()
                                        .errorCode(code)
                                        .build())
                                .build());
            }
        });
    }

    @ParameterizedTest
    @CsvSource({
        "501, NotImplemented",
        "501, ",
        "400, NotImplemented",
        "400, InvalidArgument",
        "400, InvalidRequest",
        "400, "
    })
    void aStoreThatDoesNotKnowTheConditionIsWrittenToWithoutItFromThenOn(int status, String code) {
        writeToAStoreThatAnswers(status, code);
        writeToAStoreThatAnswers(status, code);

        assertThat(conditions).containsExactly("*", null, null);
    }

    @ParameterizedTest
    @CsvSource({
        "400, ExpiredToken",
        "400, RequestTimeout",
        "403, AccessDenied",
        "412, PreconditionFailed",
        "503, SlowDown"
    })
    void anAnswerAboutAnythingElseLeavesTheCondition(int status, String code) {
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> writeToAStoreThatAnswers(status, code)).isInstanceOf(StorageException.class);
        }

        assertThat(conditions).containsExactly("*", "*");
    }
}
