package com.laincloud.registry.storage.s3;

import com.laincloud.registry.storage.StorageException;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/** One object that comes in parts, two of them at once. Not safe for use by several threads. */
final class Multipart {

    /** The fewest bytes that a part may have which is not the last. */
    static final int SMALLEST_PART = 5 << 20;

    private static final System.Logger LOG = System.getLogger(Multipart.class.getName());
    private static final int MOST_PARTS = 10_000;
    private static final int AT_ONCE = 2;

    private final Bucket bucket;
    private final PartSenders senders;
    private final String key;
    private final String id;
    private final Deque<Future<CompletedPart>> sending = new ArrayDeque<>();
    private final List<CompletedPart> sent = new ArrayList<>();
    private int number;
    private long size;

    /** Begins the object {@code key}. */
    Multipart(Bucket bucket, PartSenders senders, String key) {
        this.bucket = bucket;
        this.senders = senders;
        this.key = key;
        this.id = bucket.ask(
                        key,
                        s3 -> s3.createMultipartUpload(create -> create.bucket(bucket.name())
                                .key(bucket.object(key))
                                .applyMutation(bucket.newObjects()::describe)))
                .uploadId();
    }

    /** Sends a file as the next part, and closes it. */
    void send(ScratchFile file) {
        try {
            add(file.length(), senders::send, part -> {
                try (file) {
                    return sent(part, file);
                }
            });
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    private CompletedPart sent(int part, ScratchFile file) {
        String tag = bucket.askOutOfTurn(
                        key,
                        s3 -> s3.uploadPart(
                                upload -> upload.bucket(bucket.name())
                                        .key(bucket.object(key))
                                        .uploadId(id)
                                        .partNumber(part)
                                        .overrideConfiguration(common -> Bucket.patience(common, file.length())),
                                file.body()))
                .eTag();
        return completed(part, tag);
    }

    /** Has the store copy all of another object as the next part, however short. */
    void copy(String source, long length) {
        add(length, senders::copy, part -> copied(part, source, null, length));
    }

    /** Has the store copy bytes of another object as the next part. */
    void copy(String source, long offset, long length) {
        add(
                length,
                senders::copy,
                part -> copied(part, source, "bytes=" + offset + "-" + (offset + length - 1), length));
    }

    private CompletedPart copied(int part, String source, @Nullable String range, long length) {
        String tag = bucket.askOutOfTurn(
                        source,
                        s3 -> s3.uploadPartCopy(copy -> copy.sourceBucket(bucket.name())
                                .sourceKey(bucket.object(source))
                                .copySourceRange(range)
                                .destinationBucket(bucket.name())
                                .destinationKey(bucket.object(key))
                                .uploadId(id)
                                .partNumber(part)
                                .overrideConfiguration(common -> Bucket.patience(common, length))))
                .copyPartResult()
                .eTag();
        return completed(part, tag);
    }

    private static CompletedPart completed(int part, String tag) {
        return CompletedPart.builder().partNumber(part).eTag(tag).build();
    }

    private void add(long length, Function<Supplier<CompletedPart>, Future<CompletedPart>> begin, Part part) {
        if (number == MOST_PARTS) {
            throw StorageException.full(
                    "bucket " + bucket.name() + ", " + key + ": has no more than " + MOST_PARTS
                            + " parts: a larger storage.s3.chunksize makes room for more",
                    null);
        }
        while (sending.size() >= AT_ONCE) {
            sent.add(awaited(sending.removeFirst()));
        }
        int next = ++number;
        size += length;
        Supplier<CompletedPart> task = () -> part.send(next);
        sending.addLast(bucket.await(() -> begin.apply(task)));
    }

    private CompletedPart awaited(Future<CompletedPart> part) {
        return bucket.await(() -> ended(part));
    }

    private static CompletedPart ended(Future<CompletedPart> part) {
        try {
            return part.get();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StorageException failure
                    ? failure
                    : new IllegalStateException("a part could not be sent", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StorageException.failed("interrupted while parts were sent", null);
        }
    }

    /** Makes the parts the object. An answer that was lost is found again: then the object is there, of this size. */
    void complete() {
        while (!sending.isEmpty()) {
            sent.add(awaited(sending.removeFirst()));
        }
        sent.sort(Comparator.comparing(CompletedPart::partNumber));
        try {
            bucket.newObjects().completion().write(this::complete);
        } catch (StorageException e) {
            if (bucket.size(key).orElse(-1) != size) {
                throw e;
            }
            remove(); // of no use where another request wrote the object
        }
    }

    private void complete(@Nullable String condition) {
        bucket.ask(
                key,
                s3 -> s3.completeMultipartUpload(complete -> complete.bucket(bucket.name())
                        .key(bucket.object(key))
                        .uploadId(id)
                        .ifNoneMatch(condition)
                        .multipartUpload(all -> all.parts(sent))
                        .overrideConfiguration(common -> common.apiCallAttemptTimeout(Bucket.PATIENCE.multipliedBy(2))
                                .apiCallTimeout(Bucket.PATIENCE.multipliedBy(4)))));
    }

    /**
     * Gives the object up, and the parts with it: those on their way first, which would stay otherwise. Where the store is
     * silent, that is done later, and not waited for.
     */
    void abort() {
        try {
            bucket.await(this::endAll);
        } catch (StorageException e) {
            senders.later(() -> {
                endAll();
                remove();
            });
            return;
        }
        remove();
    }

    private boolean endAll() {
        while (!sending.isEmpty()) {
            try {
                ended(sending.removeFirst());
            } catch (RuntimeException e) {
                LOG.log(Level.DEBUG, "a part of an object that is given up was not sent", e);
            }
        }
        return true;
    }

    private void remove() {
        try {
            abort(bucket, key, id);
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "parts stay until the next purge of uploads: " + e.getMessage());
        }
    }

    /** Removes the parts of what was never completed. Does nothing if that was done already. */
    static void abort(Bucket bucket, String key, String id) {
        try {
            bucket.ask(
                    key,
                    s3 -> s3.abortMultipartUpload(abort ->
                            abort.bucket(bucket.name()).key(bucket.object(key)).uploadId(id)));
        } catch (StorageException e) {
            if (!S3Fault.isNoSuchUpload(e)) {
                throw e;
            }
        }
    }

    /** What sends one part. */
    @FunctionalInterface
    private interface Part {
        CompletedPart send(int number);
    }
}
