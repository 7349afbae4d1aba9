package com.laincloud.registry.storage.inmemory;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import com.laincloud.registry.storage.StoredKey;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** Keeps blobs and uploads in memory. "Durable" means as long as the process lives. */
public final class InMemoryDriver implements StorageDriver {

    private final Map<UUID, MemoryUpload> uploads = new ConcurrentHashMap<>();
    private final Map<StorageKey, MemoryBlob> blobs = new ConcurrentHashMap<>();
    private final Room room;
    private final Clock clock;
    private final Map<Note, String> notes = new ConcurrentHashMap<>();

    /**
     * @param capacity how many bytes of blobs and uploads there may be
     * @param clock tells how old uploads are
     */
    public InMemoryDriver(long capacity, Clock clock) {
        this.room = new Room(capacity);
        this.clock = clock;
    }

    @Override
    public SegmentWriter append(UUID upload, Segment segment) {
        return uploads.computeIfAbsent(upload, absent -> new MemoryUpload(room, clock))
                .append(segment);
    }

    @Override
    public boolean segmentsGrow() {
        return true;
    }

    @Override
    public InputStream read(UUID upload, Segment segment) {
        return new ByteArrayInputStream(join(upload, List.of(segment)));
    }

    @Override
    public void cut(UUID upload, Segment segment) {
        MemoryUpload held = uploads.get(upload);
        if (held != null) {
            held.cut(segment);
        }
    }

    @Override
    public StorageKey commit(UUID upload, List<Segment> segments, Digest digest) {
        StorageKey key = StorageKey.of(digest, upload);
        blobs.computeIfAbsent(key, absent -> {
            byte[] bytes = join(upload, segments);
            room.take(bytes.length);
            return new MemoryBlob(bytes, clock.instant());
        });
        discard(upload);
        return key;
    }

    @Override
    public Optional<StorageKey> committed(UUID upload, Digest digest) {
        return Optional.of(StorageKey.of(digest, upload)).filter(blobs::containsKey);
    }

    private byte[] join(UUID upload, List<Segment> segments) {
        MemoryUpload held = uploads.get(upload);
        return held == null ? new MemoryUpload(room, clock).join(segments) : held.join(segments);
    }

    @Override
    public boolean isTrusted() {
        return false;
    }

    @Override
    public OptionalLong size(StorageKey key) {
        MemoryBlob held = blobs.get(key);
        return held == null ? OptionalLong.empty() : OptionalLong.of(held.bytes().length);
    }

    @Override
    public void discard(UUID upload) {
        MemoryUpload removed = uploads.remove(upload);
        if (removed != null) {
            removed.drop();
        }
    }

    @Override
    public void sweep(UUID upload) {
        discard(upload);
    }

    @Override
    public StoredContent content(StorageKey key, long size) {
        return new MemoryContent(key, size, blobs);
    }

    @Override
    public Set<StorageKey> delete(Collection<StorageKey> keys) {
        for (StorageKey key : keys) {
            MemoryBlob removed = blobs.remove(key);
            if (removed != null) {
                room.giveBack(removed.bytes().length);
            }
        }
        return Set.of();
    }

    @Override
    public List<StoredKey> keys(Optional<StorageKey> after, int limit) {
        String place = after.map(StorageKey::path).orElse("");
        return blobs.entrySet().stream()
                .filter(blob -> blob.getKey().path().compareTo(place) > 0)
                .sorted(Comparator.comparing(blob -> blob.getKey().path()))
                .limit(limit)
                .map(blob -> new StoredKey(
                        blob.getKey(),
                        blob.getValue().bytes().length,
                        blob.getValue().written()))
                .toList();
    }

    @Override
    public Stream<UUID> uploadsOlderThan(Duration age) {
        Instant latest = clock.instant().minus(age);
        return uploads.entrySet().stream()
                .filter(upload -> !upload.getValue().lastWritten().isAfter(latest))
                .map(Map.Entry::getKey)
                .toList()
                .stream();
    }

    @Override
    public Optional<String> note(Note note) {
        return Optional.ofNullable(notes.get(note));
    }

    @Override
    public void write(Note note, String content) {
        notes.put(note, content);
    }

    /** @throws StorageException {@linkplain StorageException#isFull() full} if no room is left */
    @Override
    public void check() {
        room.take(1);
        room.giveBack(1);
    }

    @Override
    public void close() {
        // the memory is freed when nothing refers to this driver any more
    }
}
