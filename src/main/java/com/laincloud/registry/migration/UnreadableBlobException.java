package com.laincloud.registry.migration;

import com.laincloud.registry.index.Blob;

/** The bytes of a blob cannot be read, which says nothing about those of others. */
@SuppressWarnings("serial") // never serialised
final class UnreadableBlobException extends RuntimeException {

    UnreadableBlobException(Blob blob, Exception cause) {
        super("the bytes of " + blob.digest() + " cannot be read: " + blob.key() + ": " + cause.getMessage(), cause);
    }
}
