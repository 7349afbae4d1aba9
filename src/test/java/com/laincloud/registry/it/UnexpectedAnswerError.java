package com.laincloud.registry.it;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

/** An answer that has not the status it should have. */
final class UnexpectedAnswerError extends AssertionError {

    private static final long serialVersionUID = 1L;

    private final transient HttpResponse<byte[]> answer;

    UnexpectedAnswerError(int expected, HttpResponse<byte[]> answer) {
        super("%s %s: expected %d, but was %d: %s"
                .formatted(
                        answer.request().method(),
                        answer.uri(),
                        expected,
                        answer.statusCode(),
                        new String(answer.body(), StandardCharsets.UTF_8)));
        this.answer = answer;
    }

    /** Whether an upload is unknown, so that its client begins it again. */
    boolean saysToBeginAgain() {
        return answer.statusCode() == 404 && RegistryClient.errorCodes(answer).contains("BLOB_UPLOAD_UNKNOWN");
    }

    /** Whether the server cannot answer now, and says when to ask again. */
    boolean saysToComeBack() {
        return answer.statusCode() == 503
                && answer.headers().firstValue("Retry-After").isPresent();
    }
}
