package com.laincloud.registry.storage.s3;

import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.ListMultipartUploadsResponse;

/**
 * An object of which parts were sent, and no end.
 *
 * @param id which attempt to send it
 * @param begun when that was
 */
record Unfinished(String key, String id, Instant begun) {

    /** Those whose keys begin with {@code prefix}, in pages that are asked for one by one. */
    static Stream<Unfinished> below(Bucket bucket, String prefix) {
        return Stream.iterate(
                        Optional.of(page(bucket, prefix, null, null)),
                        Optional::isPresent,
                        page -> page.filter(ListMultipartUploadsResponse::isTruncated)
                                .map(before ->
                                        page(bucket, prefix, before.nextKeyMarker(), before.nextUploadIdMarker())))
                .flatMap(Optional::stream)
                .flatMap(page -> page.uploads().stream())
                .map(upload -> new Unfinished(bucket.key(upload.key()), upload.uploadId(), upload.initiated()));
    }

    private static ListMultipartUploadsResponse page(
            Bucket bucket, String prefix, @Nullable String afterKey, @Nullable String afterId) {
        return bucket.ask(
                prefix,
                s3 -> s3.listMultipartUploads(list -> list.bucket(bucket.name())
                        .prefix(bucket.object(prefix))
                        .keyMarker(afterKey)
                        .uploadIdMarker(afterId)));
    }
}
