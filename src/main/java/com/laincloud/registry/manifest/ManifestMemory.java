package com.laincloud.registry.manifest;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The memory that manifests take while they are put, read or listed. A manifest is read as a whole, and understood it takes a multiple of its
 * bytes; a few of the largest at once would be more than the heap. Those of usual size do not wait.
 */
@Singleton
class ManifestMemory {

    /** Up to here, all that can be waited for at once fit. */
    static final int USUAL = 64 << 10;

    private static final int UNIT = 1 << 10;
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Of bytes that come or wait to be understood: six of the largest. */
    private final Semaphore received = new Semaphore(24 * 1024, true);

    /** Of bytes that are being understood: two of the largest. */
    private final Semaphore understood = new Semaphore(8 * 1024, true);

    /** Of bytes that are read from the database: four of the largest. */
    private final Semaphore read = new Semaphore(16 * 1024, true);

    /** Few may wait: each keeps a thread from others. */
    private final Semaphore waiting = new Semaphore(16);

    /**
     * Takes room for a body that is read.
     *
     * @param most how long it may be
     * @throws RegistryException {@link ErrorCode#UNAVAILABLE} if there is no room for a while
     */
    Room received(long most) {
        return most <= USUAL ? () -> {} : enter(received, most);
    }

    /** Takes room for a body that is understood; as {@link #received}. */
    Room understood(long length) {
        return enter(understood, length);
    }

    /**
     * Takes room for manifests that are read from the database. That waits for no client, so that any number may wait for it.
     *
     * @throws RegistryException {@link ErrorCode#UNAVAILABLE} if there is no room for a while
     */
    Room read(long most) {
        int units = (int) (most / UNIT) + 1;
        try {
            if (!read.tryAcquire(units, PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new NoRoomException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new NoRoomException();
        }
        return () -> read.release(units);
    }

    private Room enter(Semaphore room, long bytes) {
        int units = (int) (bytes / UNIT) + 1;
        if (!room.tryAcquire(units) && !await(room, units)) {
            throw new NoRoomException();
        }
        return () -> room.release(units);
    }

    private boolean await(Semaphore room, int units) {
        if (!waiting.tryAcquire()) {
            return false;
        }
        try {
            return room.tryAcquire(units, PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            waiting.release();
        }
    }

    /** What is given back when it is closed. */
    @FunctionalInterface
    interface Room extends AutoCloseable {

        @Override
        void close();
    }

    /** Others take all there is. */
    @SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
    private static final class NoRoomException extends RegistryException {

        NoRoomException() {
            super(ErrorCode.UNAVAILABLE, "too many large manifests at once");
        }

        @Override
        public Map<String, String> headers() {
            return Map.of("Retry-After", "5");
        }
    }
}
