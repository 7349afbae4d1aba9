package com.laincloud.registry.blob;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.BlobFindings;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;

/** Bytes of which a row was proof enough. If they are not there, that is noted, so that a push brings them again. */
record PromisedContent(StoredContent content, Blob blob, BlobFindings findings) implements StoredContent.Streamed {

    @Override
    public long size() {
        return content.size();
    }

    /** @throws StorageException not {@linkplain StorageException#isLost() lost}: a push may have brought the bytes elsewhere */
    @Override
    public InputStream open(long offset) {
        try {
            return content.open(offset);
        } catch (StorageException e) {
            if (!e.isLost()) {
                throw e;
            }
            String what = findings.noteLost(blob)
                    ? " are lost, and a push of it mends that: "
                    : " were moved or collected meanwhile: ";
            throw StorageException.failed("the bytes of " + blob.digest() + what + e.getMessage(), new IOException(e));
        }
    }
}
