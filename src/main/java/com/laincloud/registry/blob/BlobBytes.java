package com.laincloud.registry.blob;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.BlobRows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StoredContent;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger.Level;
import java.security.MessageDigest;
import java.util.Optional;

/** The bytes of blobs, and whether they are what they should be. */
@Singleton
public class BlobBytes {

    private static final System.Logger LOG = System.getLogger(BlobBytes.class.getName());
    private static final int BUFFER = 128 * 1024;

    private final BlobRows rows;
    private final StorageDriver storage;
    private final CurrentSettings settings;

    @Inject
    public BlobBytes(BlobRows rows, StorageDriver storage, CurrentSettings settings) {
        this.rows = rows;
        this.storage = storage;
        this.settings = settings;
    }

    /**
     * Whether a blob's bytes are what they should be. Reads and hashes them, unless that was done as lately as the settings
     * allow. Not for use in a transaction.
     */
    public boolean isIntact(Blob blob) {
        if (!isWhole(blob)) {
            return false;
        }
        if (rows.wasVerifiedWithin(settings.get().storage().verifiedWithin(), blob)) {
            return true;
        }
        boolean isRight = hash(blob).equals(Optional.of(blob.digest()));
        if (isRight) {
            rows.noteVerified(blob);
        }
        return isRight;
    }

    /** The digest of the bytes that are there; empty if they cannot be read to their end. */
    private Optional<Digest> hash(Blob blob) {
        MessageDigest hash = blob.digest().algorithm().newMessageDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream bytes = content(blob).open(0)) {
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
     * Whether a blob's bytes lie in the storage. They do, unless somebody was there with other tools; then whoever asks before a
     * push is to push it again, which mends it.
     */
    public boolean isWhole(Blob blob) {
        return storage.size(blob.key()).orElse(-1) >= blob.size(); // an overtaken writer may have added to them
    }

    /** The bytes of a blob. */
    public StoredContent content(Blob blob) {
        return storage.content(blob.key(), blob.size());
    }
}
