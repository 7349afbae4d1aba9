package com.laincloud.registry.oci;

/**
 * The error codes a client may be answered: the constant is the specification's word, and the message its sentence.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes">distribution-spec,
 *     error codes</a>
 */
public enum ErrorCode {
    BLOB_UNKNOWN(404, "blob unknown to registry"),
    BLOB_UPLOAD_INVALID(400, "blob upload invalid"),
    BLOB_UPLOAD_UNKNOWN(404, "blob upload unknown to registry"),
    DIGEST_INVALID(400, "provided digest did not match uploaded content"),
    MANIFEST_BLOB_UNKNOWN(400, "manifest references a manifest or blob unknown to registry"),
    MANIFEST_INVALID(400, "manifest invalid"),
    MANIFEST_UNKNOWN(404, "manifest unknown to registry"),
    NAME_INVALID(400, "invalid repository name"),
    NAME_UNKNOWN(404, "repository name not known to registry"),
    SIZE_INVALID(400, "provided length did not match content length"),
    UNAUTHORIZED(401, "authentication required"),
    DENIED(403, "requested access to the resource is denied"),
    UNSUPPORTED(405, "the operation is unsupported"),
    TOOMANYREQUESTS(429, "too many requests"),

    /** Of Docker Registry HTTP API V2: a tag that no tag may look like. */
    TAG_INVALID(400, "manifest tag did not match URI"),
    /** Of Docker Registry HTTP API V2: a signature that is missing or not of this manifest. */
    MANIFEST_UNVERIFIED(400, "manifest failed signature verification"),
    /** Of docker/distribution: the service cannot answer now, and says when to come back where it knows. */
    UNAVAILABLE(503, "service unavailable"),
    /** Of docker/distribution: anything that is none of the others. */
    UNKNOWN(500, "unknown error"),
    /** Of docker/distribution 2.8.2: a page size that is no number. */
    PAGINATION_NUMBER_INVALID(400, "invalid number of results requested"),
    /** Of docker/distribution 3.0: a range that does not continue the upload or lies outside the blob. */
    RANGE_INVALID(416, "invalid content range"),
    /** Of this registry: the tag names another manifest, or named one, and is to name that for ever. */
    TAG_IMMUTABLE(409, "the tag is immutable"),
    /** Of this registry: something is not as {@code If-Match} or {@code If-None-Match} says it must be. */
    PRECONDITION_FAILED(412, "a condition of the request does not hold");

    private final int status;
    private final String message;

    ErrorCode(int status, String message) {
        this.status = status;
        this.message = message;
    }

    /** The HTTP status that goes with this code unless the case at hand has a better one. */
    public int status() {
        return status;
    }

    /**
     * One sentence for people; never parsed by clients. Where an operator has set a limit it says which: docker shows this and
     * not the detail.
     */
    public String message(String detail) {
        return this == DENIED || this == TAG_IMMUTABLE ? message + ": " + detail : message;
    }
}
