package com.laincloud.registry.blob;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.BlobFindings;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StoredContent;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.net.URI;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;

/** The bytes of blobs, and whether they are what they should be. */
@Singleton
public class BlobBytes {

    private static final System.Logger LOG = System.getLogger(BlobBytes.class.getName());
    private static final int BUFFER = 128 * 1024;

    /** As long as docker/distribution means it. A download that has begun may take longer. */
    private static final Duration VALIDITY = Duration.ofMinutes(20);

    private final BlobFindings findings;
    private final Losses losses;
    private final StorageDriver storage;
    private final CurrentSettings settings;

    @Inject
    public BlobBytes(BlobFindings findings, Losses losses, StorageDriver storage, CurrentSettings settings) {
        this.findings = findings;
        this.losses = losses;
        this.storage = storage;
        this.settings = settings;
    }

    /**
     * Whether a blob's bytes are what they should be. Reads and hashes them, unless the row is proof enough, or that was done as
     * lately as the settings allow. Not for use in a transaction.
     *
     * @throws StorageException as of {@link #isWhole}
     */
    public boolean isIntact(Blob blob) {
        if (isProven(blob)) {
            return true;
        }
        if (!isWhole(blob)) {
            return false;
        }
        if (!blob.isLost()
                && findings.wasVerifiedWithin(settings.get().storage().verifiedWithin(), blob)) {
            return true;
        }
        boolean isRight = hash(blob).equals(Optional.of(blob.digest()));
        if (isRight) {
            findings.noteVerified(blob);
        }
        return isRight;
    }

    /** The digest of the bytes that are there; empty if they cannot be read to their end. */
    private Optional<Digest> hash(Blob blob) {
        MessageDigest hash = blob.digest().algorithm().newMessageDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = storage.content(blob.key(), blob.size()).open(0)) {
            for (int n = bytes.read(buffer); n >= 0; n = bytes.read(buffer)) {
                hash.update(buffer, 0, n);
            }
        } catch (IOException | StorageException e) {
            LOG.log(Level.WARNING, "blob " + blob.digest() + " cannot be read", e);
            return Optional.empty();
        }
        return Optional.of(Digest.finish(blob.digest().algorithm(), hash));
    }

    /**
     * Whether a blob's bytes lie in the storage. They do, unless another tool changed the storage. Then a client that asks
     * before a push has to push the blob again, which mends it, and the loss is noted. Not for use in a transaction.
     *
     * @throws StorageException if the storage is not the one of the database, or fails
     */
    public boolean isWhole(Blob blob) {
        boolean isWhole = isProven(blob)
                || storage.size(blob.key()).orElse(-1) >= blob.size(); // an overtaken writer may have added to them
        if (!isWhole) {
            losses.note(blob);
        }
        return isWhole;
    }

    private boolean isProven(Blob blob) {
        return storage.isTrusted() && !blob.isLost();
    }

    /** Where every client can fetch a blob's bytes for a while; empty if only from the registry, or if they are lost. */
    Optional<URI> address(Blob blob) {
        return !blob.isLost() && storage.content(blob.key(), blob.size()) instanceof StoredContent.Elsewhere elsewhere
                ? Optional.of(elsewhere.address(VALIDITY))
                : Optional.empty();
    }

    /** The bytes of a blob. If they are not there when they are opened, that is noted. */
    public StoredContent content(Blob blob) {
        return losses.watch(storage.content(blob.key(), blob.size()), blob);
    }
}
