package com.laincloud.registry.storage.s3;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.storage.StorageException;
import java.io.InputStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Object;

/** The objects of one bucket below the root directory. Every method throws {@link StorageException}. */
final class Bucket implements AutoCloseable {

    /** How long a request may take with all its repetitions, bytes aside. */
    static final Duration PATIENCE = Duration.ofSeconds(30);

    /** As many as a store deletes at once. */
    private static final int PAGE = 1000;

    private static final long SLOWEST_BYTES_A_SECOND = 128 << 10;

    /** What a store may answer to a deletion of what is not there. */
    private static final String GONE = "NoSuchKey";

    private final S3 settings;
    private final S3Client client;
    private final NewObjects newObjects;
    private final StoreWaits waits = StoreWaits.ALL;

    Bucket(S3 settings, AwsCredentialsProvider credentials) {
        this.settings = settings;
        this.client = BucketClient.open(settings, credentials, waits);
        this.newObjects = new NewObjects(settings, this);
    }

    /** Runs a request about a key with the client, and says in one line what is wrong. */
    <T> T ask(String key, Function<S3Client, T> request) {
        return waits.await(() -> askOutOfTurn(key, request));
    }

    /** As {@link #ask}, for a thread of no request; a request that waits for it does so in {@link #await}. */
    <T> T askOutOfTurn(String key, Function<S3Client, T> request) {
        try {
            return request.apply(client);
        } catch (SdkException e) {
            throw fault(key, e);
        }
    }

    /** Waits for what other threads ask the store. */
    <T> T await(Supplier<T> answer) {
        return waits.await(answer);
    }

    StorageException fault(String key, SdkException e) {
        return S3Fault.of("bucket " + name() + ", " + settings.prefix() + key, e);
    }

    String name() {
        return settings.bucket();
    }

    /** The name of an object in the bucket. */
    String object(String key) {
        return settings.prefix() + key;
    }

    /** For a request that takes as long as so many bytes take, here or in the store; a repetition of one that failed early fits. */
    static void patience(AwsRequestOverrideConfiguration.Builder request, long bytes) {
        Duration patience = PATIENCE.plusSeconds(bytes / SLOWEST_BYTES_A_SECOND);
        request.apiCallAttemptTimeout(patience.minus(PATIENCE.dividedBy(2))).apiCallTimeout(patience);
    }

    /** How objects come into it. */
    NewObjects newObjects() {
        return newObjects;
    }

    /** Writes in place of what is there. */
    void put(String key, RequestBody body) {
        newObjects.put(key, body);
    }

    /** How many bytes an object has; empty if there is none in the bucket, which is there. */
    OptionalLong size(String key) {
        try {
            return OptionalLong.of(ask(
                    key,
                    s3 -> s3.headObject(head -> head.bucket(name()).key(object(key)))
                            .contentLength()));
        } catch (StorageException e) {
            if (e.isLost()) {
                ask(key, s3 -> s3.headBucket(head -> head.bucket(name()))); // an answer without a body does not tell
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /**
     * Bytes of an object, exactly so many.
     *
     * @throws StorageException {@linkplain StorageException#isLost() lost} if it has fewer
     */
    InputStream read(String key, long offset, long length) {
        String range = "bytes=" + offset + "-" + (offset + length - 1);
        ResponseInputStream<GetObjectResponse> bytes = ask(
                key,
                s3 -> s3.getObject(get -> get.bucket(name()).key(object(key)).range(range)));
        Long there = bytes.response().contentLength();
        if (offset > 0 && bytes.response().contentRange() == null) {
            bytes.abort();
            throw StorageException.failed(
                    "bucket " + name() + ", " + object(key) + ": the store does not answer with a part of it", null);
        }
        if (there == null || there < length) {
            bytes.abort();
            throw StorageException.lost(
                    "bucket " + name() + ", " + object(key) + ": holds fewer than " + (offset + length) + " bytes",
                    null);
        }
        return new ObjectStream(bytes, length, waits);
    }

    /** All of a small object, as text; empty if there is none. */
    Optional<String> text(String key) {
        try {
            return Optional.of(ask(
                            key,
                            s3 -> s3.getObjectAsBytes(get -> get.bucket(name()).key(object(key))))
                    .asUtf8String());
        } catch (StorageException e) {
            if (e.isLost()) {
                return Optional.empty();
            }
            throw e;
        }
    }

    void delete(String key) {
        ask(key, s3 -> s3.deleteObject(request -> request.bucket(name()).key(object(key))));
    }

    /** Deletes objects, those that are not there as well. */
    void deleteAll(List<String> keys) {
        delete(keys).forEach((key, reason) -> {
            throw StorageException.failed(
                    "bucket " + name() + ", " + object(key) + ": cannot be deleted: " + reason, null);
        });
    }

    /** As {@link #deleteAll}, but what stays is told, and why. */
    Map<String, String> delete(List<String> keys) {
        Map<String, String> staying = new LinkedHashMap<>();
        for (int from = 0; from < keys.size(); from += PAGE) {
            List<String> page = keys.subList(from, Math.min(from + PAGE, keys.size()));
            for (S3Error error : deletePage(page)) {
                List<String> meant = error.key() == null ? page : List.of(key(error.key()));
                meant.forEach(key -> staying.put(key, String.valueOf(error.code())));
            }
        }
        return staying;
    }

    private List<S3Error> deletePage(List<String> keys) {
        List<ObjectIdentifier> objects = keys.stream()
                .map(key -> ObjectIdentifier.builder().key(object(key)).build())
                .toList();
        return ask(
                        keys.getFirst(),
                        s3 -> s3.deleteObjects(request -> request.bucket(name())
                                .delete(all -> all.quiet(true).objects(objects))))
                .errors()
                .stream()
                .filter(error -> !GONE.equals(error.code()))
                .toList();
    }

    /** The keys that begin with {@code prefix}, in pages that are asked for one by one. */
    Stream<List<String>> list(String prefix) {
        return pages(prefix, null, PAGE)
                .map(page -> page.contents().stream()
                        .map(S3Object::key)
                        .map(this::key)
                        .toList());
    }

    /**
     * The objects whose keys begin with {@code prefix}, in the order of their keys; asked for page by page, as they are taken.
     *
     * @param after behind which key; null for all
     * @param atOnce how many are asked for at once
     */
    Stream<S3Object> objects(String prefix, @Nullable String after, int atOnce) {
        return pages(prefix, after, Math.min(atOnce, PAGE)).flatMap(page -> page.contents().stream());
    }

    private Stream<ListObjectsV2Response> pages(String prefix, @Nullable String after, int atOnce) {
        return Stream.iterate(
                        Optional.of(page(prefix, after, atOnce, null)),
                        Optional::isPresent,
                        page -> page.filter(ListObjectsV2Response::isTruncated)
                                .map(before -> page(prefix, after, atOnce, before.nextContinuationToken())))
                .flatMap(Optional::stream);
    }

    private ListObjectsV2Response page(String prefix, @Nullable String after, int atOnce, @Nullable String token) {
        return ask(
                prefix,
                s3 -> s3.listObjectsV2(list -> list.bucket(name())
                        .prefix(object(prefix))
                        .startAfter(after == null ? null : object(after))
                        .maxKeys(atOnce)
                        .continuationToken(token)));
    }

    /** The key of an object of the bucket below the root directory. */
    String key(String object) {
        return object.substring(settings.prefix().length());
    }

    @Override
    public void close() {
        client.close();
    }
}
