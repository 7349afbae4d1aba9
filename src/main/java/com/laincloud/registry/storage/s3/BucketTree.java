package com.laincloud.registry.storage.s3;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.RetryableException;
import software.amazon.awssdk.core.sync.ResponseTransformer;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * The objects of a bucket as a tree: each slash in a key ends the name of a directory. A store keeps no time but that at which an
 * object was written, in seconds.
 */
public final class BucketTree implements TreeReader {

    private static final int AT_ONCE = 64;
    private static final long LARGEST_COPY = 5L << 30;

    private final Bucket bucket;
    private final Clock clock;
    private final ThreadPoolExecutor threads;

    /** @param clock tells when what is gone was seen to be */
    public BucketTree(S3 settings, Clock clock) {
        this.bucket = new Bucket(settings, BucketClient.credentials(settings));
        this.clock = clock;
        this.threads =
                new ThreadPoolExecutor(AT_ONCE, AT_ONCE, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "storage-tree");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public String place(String path) {
        return "bucket " + bucket.name() + ", " + bucket.object(path);
    }

    @Override
    public List<Child> children(String directory) {
        String prefix = directory + "/";
        return Stream.iterate(
                        Optional.of(page(prefix, null)),
                        Optional::isPresent,
                        page -> page.filter(ListObjectsV2Response::isTruncated)
                                .map(before -> page(prefix, before.nextContinuationToken())))
                .flatMap(Optional::stream)
                .flatMap(page -> children(prefix, page))
                .toList();
    }

    /** An object that has the name of the directory itself is none in it. */
    private Stream<Child> children(String prefix, ListObjectsV2Response page) {
        int begin = bucket.object(prefix).length();
        return Stream.concat(
                        page.commonPrefixes().stream()
                                .map(common -> common.prefix())
                                .map(name -> new Child(name.substring(begin, name.length() - 1), true)),
                        page.contents().stream()
                                .map(object -> new Child(object.key().substring(begin), false)))
                .filter(child -> !child.name().isEmpty());
    }

    private ListObjectsV2Response page(String prefix, @Nullable String token) {
        return bucket.askOutOfTurn(
                prefix,
                s3 -> s3.listObjectsV2(list -> list.bucket(bucket.name())
                        .prefix(bucket.object(prefix))
                        .delimiter("/")
                        .continuationToken(token)));
    }

    @Override
    public boolean isDirectory(String path) {
        String prefix = path + "/";
        return bucket.askOutOfTurn(
                        prefix,
                        s3 -> s3.listObjectsV2(list -> list.bucket(bucket.name())
                                .prefix(bucket.object(prefix))
                                .maxKeys(1)))
                .hasContents();
    }

    @Override
    public boolean hasChildren(String directory) {
        return isDirectory(directory);
    }

    @Override
    public Optional<FileFacts> facts(String file) throws IOException {
        return ifThere(() -> {
            HeadObjectResponse head = bucket.askOutOfTurn(
                    file, s3 -> s3.headObject(ask -> ask.bucket(bucket.name()).key(bucket.object(file))));
            return new FileFacts(head.contentLength(), head.lastModified());
        });
    }

    @Override
    public Optional<SmallFile> read(String file, int limit) throws IOException {
        return ifThere(() -> bucket.askOutOfTurn(
                file,
                s3 -> s3.getObject(
                        get -> get.bucket(bucket.name()).key(bucket.object(file)),
                        ResponseTransformer.unmanaged((response, bytes) -> beginning(response, bytes, limit)))));
    }

    /** Whatever ends the answer early, it is asked for again. */
    private static SmallFile beginning(GetObjectResponse response, AbortableInputStream bytes, int limit) {
        try {
            byte[] content = bytes.readNBytes(limit);
            if (content.length < Math.min(limit, response.contentLength())) {
                throw new IOException("the store ended its answer after " + content.length + " bytes");
            }
            return new SmallFile(content, response.lastModified());
        } catch (IOException e) {
            throw RetryableException.create("an answer was cut off", e);
        } finally {
            if (response.contentLength() >= limit) {
                bytes.abort(); // the rest would be waited for, and the connection is given back at the end alone
            }
        }
    }

    /** @throws IOException if the store refuses this object, and not the bucket */
    private <T> Optional<T> ifThere(Supplier<T> question) throws IOException {
        try {
            return Optional.of(question.get());
        } catch (StorageException e) {
            if (e.isLost()) {
                return Optional.empty();
            }
            if (S3Fault.isRefusal(e)) {
                bucket.askOutOfTurn("", s3 -> s3.headBucket(head -> head.bucket(bucket.name())));
                throw new IOException(e.getMessage(), e);
            }
            throw e;
        }
    }

    @Override
    public InputStream open(String file) throws IOException {
        return ifThere(() -> bucket.<ResponseInputStream<GetObjectResponse>>askOutOfTurn(
                        file,
                        s3 -> s3.getObject(get -> get.bucket(bucket.name()).key(bucket.object(file)))))
                .orElseThrow(() -> new NoSuchFileException(place(file)));
    }

    @Override
    public Instant lastChange(String file) throws IOException {
        return facts(file).map(FileFacts::writtenAt).orElseGet(clock::instant);
    }

    /** A store knows no second names: the bytes are copied there. */
    @Override
    public boolean name(String file, String existing) throws IOException {
        if (facts(file).isPresent()) {
            return true;
        }
        Optional<FileFacts> bytes = facts(existing);
        if (bytes.isEmpty()) {
            return false;
        }
        long size = bytes.get().size();
        if (size > LARGEST_COPY) {
            throw new IOException(place(existing) + ": has " + size + " bytes, and a store copies no more than "
                    + LARGEST_COPY + " at once");
        }
        return ifThere(() -> bucket.newObjects().copy(existing, file, size)).isPresent();
    }

    @Override
    public <T, R> List<R> each(List<T> things, Function<T, R> work) {
        List<Future<R>> results =
                things.stream().map(thing -> begin(() -> work.apply(thing))).toList();
        try {
            return results.stream().map(BucketTree::result).toList();
        } finally {
            results.forEach(result -> result.cancel(true));
        }
    }

    private <R> Future<R> begin(Callable<R> task) {
        try {
            return threads.submit(task);
        } catch (RejectedExecutionException e) {
            throw stops(e);
        }
    }

    private static StorageException stops(RuntimeException e) {
        return StorageException.failed("the registry stops", new IOException(e));
    }

    private static <R> R result(Future<R> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException failure -> throw failure;
                case Error failure -> throw failure;
                case null, default -> throw new IllegalStateException(e);
            }
        } catch (CancellationException e) {
            throw stops(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw StorageException.failed("interrupted while the store was waited for", null);
        }
    }

    @Override
    public <T> T await(Supplier<T> work) {
        return bucket.await(work);
    }

    @Override
    public void close() {
        threads.shutdownNow().forEach(task -> ((Future<?>) task).cancel(false)); // they are waited for
        bucket.close();
    }
}
