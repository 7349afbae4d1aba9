package com.laincloud.registry.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The driver could not do what it was asked; nothing it had acknowledged before is affected. */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
public class StorageException extends RuntimeException {

    private final Reason reason;

    private enum Reason {
        FAILED,
        FULL,
        LOST
    }

    private StorageException(String message, @Nullable IOException cause, Reason reason) {
        super(message, cause);
        this.reason = reason;
    }

    /** A failure of the medium. */
    public static StorageException failed(String message, @Nullable IOException cause) {
        return new StorageException(message, cause, Reason.FAILED);
    }

    /** There is no room left; what was being written is dropped. */
    public static StorageException full(String message, @Nullable IOException cause) {
        return new StorageException(message, cause, Reason.FULL);
    }

    /** The medium works, but bytes that should be there are not. */
    public static StorageException lost(String message, @Nullable IOException cause) {
        return new StorageException(message, cause, Reason.LOST);
    }

    /** Whether the reason is that no room is left. */
    public boolean isFull() {
        return reason == Reason.FULL;
    }

    /** Whether the reason is that bytes are gone, so that asking again is in vain. */
    public boolean isLost() {
        return reason == Reason.LOST;
    }
}
