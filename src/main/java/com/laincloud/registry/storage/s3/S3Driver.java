package com.laincloud.registry.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import com.laincloud.registry.storage.StoredKey;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.S3Object;

/** Keeps blobs and uploads in a bucket. See the package's description for where each of them lies. */
public final class S3Driver implements StorageDriver {

    private static final System.Logger LOG = System.getLogger(S3Driver.class.getName());

    private static final Map<Note, String> NOTES =
            Map.of(Note.IDENTITY, "registry-identity", Note.AUDIT_HEADS, "registry-audit-heads");

    private final Bucket bucket;
    private final SignedAddresses addresses;
    private final PartSenders senders = new PartSenders();
    private final Scratch scratch;
    private final long partSize;
    private final Clock clock;

    /** @param clock tells how old uploads are; has to agree with the store's, as {@link #check} finds out */
    public S3Driver(S3 settings, Clock clock) {
        AwsCredentialsProvider credentials = BucketClient.credentials(settings);
        this.bucket = new Bucket(settings, credentials);
        this.addresses = new SignedAddresses(settings, bucket, credentials);
        this.scratch = new Scratch(settings.scratch(), settings.scratchSize());
        this.partSize = settings.partSize();
        this.clock = clock;
    }

    @Override
    public SegmentWriter append(UUID upload, Segment segment) {
        if (segment.length() > 0) {
            throw StorageException.lost(segment + " of upload " + upload + " cannot be gone on with", null);
        }
        return new ObjectWriter(bucket, senders, scratch, path(upload, segment), partSize);
    }

    private static String path(UUID upload, Segment segment) {
        return StorageKey.object(upload, segment.name()).path();
    }

    @Override
    public boolean segmentsGrow() {
        return false;
    }

    @Override
    public OptionalLong smallestChunk() {
        return OptionalLong.of(partSize);
    }

    @Override
    public InputStream read(UUID upload, Segment segment) {
        return bucket.read(path(upload, segment), 0, segment.length());
    }

    @Override
    public void cut(UUID upload, Segment segment) {
        if (segment.length() == 0) {
            bucket.delete(path(upload, segment));
        }
    }

    /**
     * The only segment with bytes is the blob as it lies, and no request is made: its bytes count because its writer ended.
     * Several become one object, whose name follows from the digest, so that every commit of the upload makes the same.
     */
    @Override
    public StorageKey commit(UUID upload, List<Segment> segments, Digest digest) {
        List<Segment> filled =
                segments.stream().filter(segment -> segment.length() > 0).toList();
        if (filled.size() == 1) {
            dropLeavings(
                    upload,
                    segments.stream().filter(segment -> segment.length() == 0).toList());
            return StorageKey.object(upload, filled.getFirst().name());
        }
        StorageKey key = composed(upload, digest);
        try {
            new Composition(bucket, senders, scratch, key.path()).compose(upload, filled);
        } catch (StorageException e) {
            if (!e.isLost()
                    || size(key).isEmpty()) { // another commit of the upload may have dropped what it was made of
                throw e;
            }
        }
        dropLeavings(upload, segments);
        return key;
    }

    /** The blob is there and stays; objects that no row names are found by the comparison of index and storage. */
    private void dropLeavings(UUID upload, List<Segment> segments) {
        try {
            bucket.deleteAll(
                    segments.stream().map(segment -> path(upload, segment)).toList());
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "leavings of the committed upload " + upload + " cannot be removed", e);
        }
    }

    private static StorageKey composed(UUID upload, Digest digest) {
        return StorageKey.object(
                upload,
                UUID.nameUUIDFromBytes(digest.toString().getBytes(UTF_8)).toString());
    }

    @Override
    public Optional<StorageKey> committed(UUID upload, Digest digest) {
        return Optional.of(composed(upload, digest)).filter(key -> size(key).isPresent());
    }

    @Override
    public boolean isTrusted() {
        return true;
    }

    @Override
    public OptionalLong size(StorageKey key) {
        return bucket.size(key.path());
    }

    @Override
    public void discard(UUID upload) {
        try (Stream<List<String>> pages = bucket.list(StorageKey.prefix(upload))) {
            pages.forEach(bucket::deleteAll);
        }
    }

    /** In one request: where all lies is known. */
    @Override
    public void discard(UUID upload, List<Segment> segments, Digest digest) {
        bucket.deleteAll(Stream.concat(
                        segments.stream().map(segment -> path(upload, segment)),
                        isAsItLies(segments)
                                ? Stream.empty()
                                : Stream.of(composed(upload, digest).path()))
                .toList());
    }

    private static boolean isAsItLies(List<Segment> segments) {
        return segments.stream().filter(segment -> segment.length() > 0).count() == 1;
    }

    @Override
    public void sweep(UUID upload) {
        try (Stream<Unfinished> parts = Unfinished.below(bucket, StorageKey.prefix(upload))) {
            parts.forEach(one -> Multipart.abort(bucket, one.key(), one.id()));
        }
    }

    @Override
    public StoredContent content(StorageKey key, long size) {
        return new ObjectContent(key, size, bucket, addresses);
    }

    @Override
    public Set<StorageKey> delete(Collection<StorageKey> keys) {
        try {
            Map<String, String> staying =
                    bucket.delete(keys.stream().map(StorageKey::path).toList());
            staying.forEach((key, reason) -> LOG.log(Level.WARNING, "{0} cannot be deleted: {1}", key, reason));
            return keys.stream().filter(key -> staying.containsKey(key.path())).collect(Collectors.toSet());
        } catch (StorageException e) {
            LOG.log(Level.WARNING, "{0} objects cannot be deleted: {1}", keys.size(), e.getMessage());
            return Set.copyOf(keys);
        }
    }

    @Override
    public List<StoredKey> keys(Optional<StorageKey> after, int limit) {
        try (Stream<S3Object> objects =
                bucket.objects(StorageKey.OBJECTS, after.map(StorageKey::path).orElse(null), limit)) {
            return objects.flatMap(object -> StorageKey.parse(bucket.key(object.key())).stream()
                            .map(key -> new StoredKey(key, object.size(), object.lastModified())))
                    .limit(limit)
                    .toList();
        }
    }

    @Override
    public Stream<UUID> uploadsOlderThan(Duration age) {
        Instant latest = clock.instant().minus(age);
        return Unfinished.below(bucket, StorageKey.OBJECTS)
                .filter(one -> !one.begun().isAfter(latest))
                .flatMap(one -> StorageKey.parse(one.key()).flatMap(StorageKey::upload).stream())
                .distinct();
    }

    @Override
    public Optional<String> note(Note note) {
        return bucket.text(name(note));
    }

    @Override
    public void write(Note note, String content) {
        bucket.put(name(note), RequestBody.fromString(content));
    }

    private static String name(Note note) {
        return NOTES.getOrDefault(note, "");
    }

    @Override
    public void check() {
        new Probe(bucket, clock).run();
    }

    @Override
    public void close() {
        senders.close();
        bucket.close();
    }
}
