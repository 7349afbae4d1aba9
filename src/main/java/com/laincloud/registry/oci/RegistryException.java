package com.laincloud.registry.oci;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request that cannot be fulfilled, in the specification's words. Thrown anywhere, turned into an answer in one place
 * ({@code http.Failure}).
 */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
public class RegistryException extends RuntimeException {

    private static final int MAX_DETAIL_LENGTH = 1024;

    private final ErrorCode code;
    private final int status;
    private final List<String> details;

    /** An answer of the code's own status. */
    public RegistryException(ErrorCode code, String detail) {
        this(code, code.status(), List.of(detail));
    }

    /** An answer of the code's own status that names several things at once. */
    public RegistryException(ErrorCode code, List<String> details) {
        this(code, code.status(), details);
    }

    /** An answer whose status says more than the code's own: a manifest that is too large is 413, not 400. */
    public RegistryException(ErrorCode code, int status, String detail) {
        this(code, status, List.of(detail));
    }

    /** An answer of another status that names several things at once. */
    public RegistryException(ErrorCode code, int status, List<String> details) {
        super(code + ": " + abbreviated(String.join(", ", details)), null, false, false);
        this.code = code;
        this.status = status;
        this.details = details.stream().map(RegistryException::abbreviated).toList();
    }

    /** Details quote what a client sent, which may be megabytes. */
    private static String abbreviated(String detail) {
        return detail.length() <= MAX_DETAIL_LENGTH ? detail : detail.substring(0, MAX_DETAIL_LENGTH) + "…";
    }

    public ErrorCode code() {
        return code;
    }

    /** The HTTP status of the answer. */
    public int status() {
        return status;
    }

    /** What the code is about: one error of the answer for each. */
    public List<String> details() {
        return details;
    }

    /** The first detail, which most answers have alone. */
    public Optional<String> detail() {
        return details.stream().findFirst();
    }

    /** Headers that go with the answer. */
    public Map<String, String> headers() {
        return Map.of();
    }
}
