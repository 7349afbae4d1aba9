package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.file.DurableDirectory;
import com.laincloud.registry.file.PrivateFile;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import com.laincloud.registry.storage.StoredKey;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Keeps blobs and uploads in files. See the package's description for where each of them lies. */
public final class FilesystemDriver implements StorageDriver {

    private static final System.Logger LOG = System.getLogger(FilesystemDriver.class.getName());
    private static final Path TREE = Path.of("docker", "registry", "v2");

    private static final Map<Note, String> NOTES =
            Map.of(Note.IDENTITY, "registry-identity", Note.AUDIT_HEADS, "registry-audit-heads");

    private final Path root;
    private final UploadTree uploads;
    private final BlobTree blobs;
    private final FreeSpace space;
    private final WriteBack writeBack = new WriteBack();
    private final Clock clock;

    /**
     * @param root the directory that holds the tree; made if it is not there
     * @param reservedBytes how many bytes uploads leave free on the filesystem of {@code root} for everything else
     * @param clock tells how old uploads are; must agree with the times that the filesystem gives to files
     * @throws StorageException if {@code root} cannot be made a directory
     */
    public FilesystemDriver(Path root, long reservedBytes, Clock clock) {
        Path tree = root.toAbsolutePath().normalize();
        try {
            DurableDirectory.create(tree);
            this.space = new FreeSpace(tree, tree.resolve(TREE), reservedBytes);
        } catch (IOException e) {
            throw StorageException.failed("the storage root " + root + " cannot be used: " + e, e);
        }
        this.root = tree;
        this.uploads = new UploadTree(tree.resolve(TREE).resolve("uploads"));
        this.blobs = new BlobTree(tree);
        this.clock = clock;
    }

    @Override
    public SegmentWriter append(UUID upload, Segment segment) {
        space.requireReserve();
        try {
            return new FileSegmentWriter(
                    uploads.file(upload, segment),
                    uploads.openForWriting(upload, segment),
                    segment.length(),
                    space,
                    writeBack);
        } catch (IOException e) {
            throw space.failure(segment + " of upload " + upload + " cannot be written", e);
        }
    }

    @Override
    public boolean segmentsGrow() {
        return true;
    }

    @Override
    public InputStream read(UUID upload, Segment segment) {
        try {
            return FileRange.open(uploads.file(upload, segment), 0, segment.length());
        } catch (IOException e) {
            throw space.failure(segment + " of upload " + upload + " cannot be read", e);
        }
    }

    @Override
    public void cut(UUID upload, Segment segment) {
        try {
            uploads.cut(upload, segment);
        } catch (IOException e) {
            throw space.failure(segment + " of upload " + upload + " cannot be cut", e);
        }
    }

    @Override
    public StorageKey commit(UUID upload, List<Segment> segments, Digest digest) {
        StorageKey key = StorageKey.of(digest, upload);
        try {
            if (blobs.holds(key)) {
                blobs.cut(key, segments.stream().mapToLong(Segment::length).sum());
            } else {
                blobs.place(uploads.join(upload, segments), key);
            }
            blobs.makeDurable(key);
        } catch (IOException e) {
            throw space.failure("upload " + upload + " cannot become " + key, e);
        }
        dropLeavings(upload);
        return key;
    }

    @Override
    public Optional<StorageKey> committed(UUID upload, Digest digest) {
        return Optional.of(StorageKey.of(digest, upload))
                .filter(key -> size(key).isPresent());
    }

    /** The blob is there and stays; what is left of its upload is found again by its age. */
    private void dropLeavings(UUID upload) {
        try {
            uploads.remove(upload);
        } catch (IOException e) {
            LOG.log(Level.WARNING, "leavings of the committed upload " + upload + " cannot be removed", e);
        }
    }

    @Override
    public boolean isTrusted() {
        return false;
    }

    @Override
    public OptionalLong size(StorageKey key) {
        try {
            return OptionalLong.of(Files.size(blobs.file(key)));
        } catch (IOException e) {
            if (space.isLost(e)) {
                return OptionalLong.empty();
            }
            throw space.failure(key + " cannot be looked at", e);
        }
    }

    @Override
    public void discard(UUID upload) {
        try {
            uploads.remove(upload);
        } catch (IOException e) {
            throw space.failure("upload " + upload + " cannot be discarded", e);
        }
    }

    @Override
    public void sweep(UUID upload) {
        discard(upload);
    }

    @Override
    public StoredContent content(StorageKey key, long size) {
        return new FileContent(key, blobs.file(key), size, space);
    }

    @Override
    public Set<StorageKey> delete(Collection<StorageKey> keys) {
        return blobs.delete(keys);
    }

    @Override
    public List<StoredKey> keys(Optional<StorageKey> after, int limit) {
        try {
            return blobs.keys(after, limit);
        } catch (IOException e) {
            throw space.failure("blobs cannot be listed", e);
        }
    }

    @Override
    public Stream<UUID> uploadsOlderThan(Duration age) {
        try {
            return uploads.lastWrittenBy(clock.instant().minus(age));
        } catch (IOException e) {
            throw space.failure("uploads cannot be listed", e);
        }
    }

    @Override
    public Optional<String> note(Note note) {
        Path file = file(note);
        try {
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw space.failure(file + " cannot be read", e);
        }
    }

    @Override
    public void write(Note note, String content) {
        Path file = file(note);
        try {
            PrivateFile.replace(file, content);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--")); // no secret
        } catch (IOException e) {
            throw space.failure(file + " cannot be written", e);
        }
    }

    private Path file(Note note) {
        return root.resolve(NOTES.getOrDefault(note, ""));
    }

    @Override
    public void check() {
        UUID probe = UUID.randomUUID();
        byte[] written = probe.toString().getBytes(StandardCharsets.US_ASCII);
        try {
            blobs.create();
            try (SegmentWriter writer = append(probe, new Segment("0", 0))) {
                writer.write(written, 0, written.length);
            }
            try (InputStream bytes = read(probe, new Segment("0", written.length))) {
                if (!Arrays.equals(bytes.readAllBytes(), written)) {
                    throw new IOException("bytes read are not the bytes written");
                }
            }
        } catch (IOException e) {
            throw space.failure("the storage cannot be used", e);
        } finally {
            discard(probe);
        }
    }

    @Override
    public void close() {
        writeBack.close();
    }
}
