package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/** What a store, or the way to it, answers that is no success: one line without secrets, with what may have to be set right. */
final class S3Fault {

    private static final Set<String> LOST = Set.of("NoSuchKey", "InvalidRange");
    private static final Set<String> FULL = Set.of("QuotaExceeded", "InsufficientStorage", "XMinioStorageFull");
    private static final int INSUFFICIENT_STORAGE = 507;
    private static final int PRECONDITION_FAILED = 412;
    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int NOT_IMPLEMENTED = 501;

    /** What a store may say of a part of a request that it does not know; some say nothing. */
    private static final Set<String> NOT_UNDERSTOOD = Set.of("NotImplemented", "InvalidArgument", "InvalidRequest", "");

    /** With these, the next request may fare better. */
    private static final Set<String> PASSING = Set.of("ExpiredToken", "RequestTimeout", "RequestTimeTooSkewed");

    private static final Map<String, String> REMEDIES = Map.ofEntries(
            Map.entry("NoSuchBucket", "storage.s3.bucket"),
            Map.entry("InvalidBucketName", "storage.s3.bucket"),
            Map.entry("InvalidAccessKeyId", "storage.s3.accesskey"),
            Map.entry("XAdminUserNotFound", "storage.s3.accesskey"),
            Map.entry("SignatureDoesNotMatch", "storage.s3.secretkey"),
            Map.entry("InvalidToken", "storage.s3.sessiontoken"),
            Map.entry("ExpiredToken", "storage.s3.sessiontoken"),
            Map.entry("AuthorizationHeaderMalformed", "storage.s3.region"),
            Map.entry("IllegalLocationConstraintException", "storage.s3.region"),
            Map.entry("PermanentRedirect", "storage.s3.region"),
            Map.entry("RequestTimeTooSkewed", "the clock of this machine"),
            Map.entry("AccessDenied", "what storage.s3.accesskey may do"));

    private S3Fault() {}

    /**
     * What is to be thrown for {@code cause}, told apart by whether room was lacking, or bytes.
     *
     * @param what which object of which bucket
     */
    static StorageException of(String what, SdkException cause) {
        String message = what + ": " + words(cause)
                + remedy(cause).map(" (see %s)"::formatted).orElse("");
        IOException reason = new IOException(cause);
        if (cause instanceof NoSuchKeyException || isOf(cause, LOST)) { // an answer without a body has no code
            return StorageException.lost(message, reason);
        }
        boolean isFull = isOf(cause, FULL) || status(cause) == INSUFFICIENT_STORAGE;
        return isFull ? StorageException.full(message, reason) : StorageException.failed(message, reason);
    }

    /** Whether the store knows no such multipart, for it was completed or aborted. */
    static boolean isNoSuchUpload(StorageException fault) {
        return isAnswer(fault, cause -> isOf(cause, Set.of("NoSuchUpload")));
    }

    /** Whether the store does not understand the request, or some part of it. */
    static boolean isOfTheRequest(StorageException fault) {
        return isAnswer(
                fault,
                cause -> status(cause) == NOT_IMPLEMENTED
                        || (status(cause) == BAD_REQUEST && isOf(cause, NOT_UNDERSTOOD)));
    }

    /** Whether the store refuses the request as long as all stays as it is: for this object, or for every one. */
    static boolean isRefusal(StorageException fault) {
        return !fault.isFull()
                && isAnswer(
                        fault,
                        cause -> (status(cause) == BAD_REQUEST || status(cause) == FORBIDDEN) && !isOf(cause, PASSING));
    }

    /**
     * Whether an object is there that was to be new, and an earlier attempt of the same request, whose answer was lost, may have
     * brought it.
     */
    static boolean isOwnWork(StorageException fault) {
        return isAnswer(
                fault,
                cause -> status(cause) == PRECONDITION_FAILED
                        && Optional.ofNullable(cause.numAttempts()).orElse(1) > 1);
    }

    private static boolean isAnswer(StorageException fault, Predicate<SdkException> question) {
        return fault.getCause() != null
                && fault.getCause().getCause() instanceof SdkException cause
                && question.test(cause);
    }

    private static boolean isOf(SdkException cause, Set<String> codes) {
        return codes.contains(code(cause));
    }

    private static String code(SdkException cause) {
        if (!(cause instanceof AwsServiceException answer)) {
            return "";
        }
        return Optional.ofNullable(answer.awsErrorDetails())
                .map(AwsErrorDetails::errorCode)
                .orElse("");
    }

    private static int status(SdkException cause) {
        return cause instanceof AwsServiceException answer ? answer.statusCode() : 0;
    }

    private static String words(SdkException cause) {
        if (cause instanceof AwsServiceException) {
            return (status(cause) + " " + code(cause)).strip();
        }
        Throwable innermost = causes(cause).reduce(cause, (outer, inner) -> inner);
        return innermost.toString().lines().findFirst().orElse("");
    }

    private static Optional<String> remedy(SdkException cause) {
        if (cause instanceof AwsServiceException) {
            return Optional.ofNullable(REMEDIES.get(code(cause)));
        }
        if (causes(cause).anyMatch(SSLException.class::isInstance)) {
            return Optional.of("the certificates this machine trusts, and storage.s3.skipverify");
        }
        if (causes(cause)
                .anyMatch(inner -> inner instanceof ConnectException || inner instanceof UnknownHostException)) {
            return Optional.of("storage.s3.regionendpoint");
        }
        return String.valueOf(cause.getMessage()).contains("credentials")
                ? Optional.of("storage.s3.accesskey")
                : Optional.empty();
    }

    private static Stream<Throwable> causes(Throwable outermost) {
        return Stream.iterate(outermost, cause -> cause != null, Throwable::getCause);
    }
}
