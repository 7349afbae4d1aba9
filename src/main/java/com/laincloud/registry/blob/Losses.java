package com.laincloud.registry.blob;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.BlobFindings;
import com.laincloud.registry.integrity.OwnStorage;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StoredContent;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/**
 * Bytes that are missed where a row says that they are. That is noted, so that the row is no proof any more, a push brings them
 * again, and an auditor sees it; but not of a storage that is not the one of the database.
 */
@Singleton
public class Losses {

    private final BlobFindings findings;
    private final StorageDriver storage;
    private final OwnStorage own;

    @Inject
    public Losses(BlobFindings findings, StorageDriver storage, OwnStorage own) {
        this.findings = findings;
        this.storage = storage;
        this.own = own;
    }

    /**
     * Notes that a blob's bytes were missed just now, once.
     *
     * @return false if the blob was moved or collected meanwhile, so that nothing is wrong
     * @throws StorageException if that is no wonder, because the storage is not the one of the database
     */
    boolean note(Blob blob) {
        if (blob.isLost()) {
            return true;
        }
        own.require();
        return findings.noteLost(blob);
    }

    /** The bytes of a blob, noted as lost if they are not there when they are opened. */
    StoredContent watch(StoredContent content, Blob blob) {
        return content instanceof StoredContent.InFile inFile
                ? new WatchedFile(inFile, blob, this)
                : new WatchedStream(content, blob, this);
    }

    /**
     * Opens a blob's bytes.
     *
     * @throws StorageException {@linkplain StorageException#isLost() lost} if they are, and the medium is asked about each blob
     *     anyway; else not, because the client may have been told that they are there, or a push may have brought them elsewhere
     */
    private InputStream open(StoredContent content, Blob blob, long offset) {
        try {
            return content.open(offset);
        } catch (StorageException e) {
            if (!e.isLost()) {
                throw e;
            }
            boolean isLost = note(blob);
            if (isLost && !storage.isTrusted()) {
                throw e;
            }
            String what = isLost ? " are lost, and a push of it mends that: " : " were moved or collected meanwhile: ";
            throw StorageException.failed("the bytes of " + blob.digest() + what + e.getMessage(), new IOException(e));
        }
    }

    private record WatchedFile(StoredContent.InFile content, Blob blob, Losses losses) implements StoredContent.InFile {

        @Override
        public long size() {
            return content.size();
        }

        @Override
        public Path file() {
            return content.file();
        }

        @Override
        public InputStream open(long offset) {
            return losses.open(content, blob, offset);
        }
    }

    private record WatchedStream(StoredContent content, Blob blob, Losses losses) implements StoredContent.Streamed {

        @Override
        public long size() {
            return content.size();
        }

        @Override
        public InputStream open(long offset) {
            return losses.open(content, blob, offset);
        }
    }
}
