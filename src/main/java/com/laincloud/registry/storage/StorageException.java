package com.laincloud.registry.storage;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The driver could not do what it was asked; nothing it had acknowledged before is affected. */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
public class StorageException extends RuntimeException {

    private final boolean full;

    private StorageException(String message, @Nullable IOException cause, boolean full) {
        super(message, cause);
        this.full = full;
    }

    /** A failure of the medium, or bytes that are not there. */
    public static StorageException failed(String message, @Nullable IOException cause) {
        return new StorageException(message, cause, false);
    }

    /** There is no room left; what was being written is dropped. */
    public static StorageException full(String message, @Nullable IOException cause) {
        return new StorageException(message, cause, true);
    }

    /** Whether the reason is that no room is left. */
    public boolean isFull() {
        return full;
    }
}
