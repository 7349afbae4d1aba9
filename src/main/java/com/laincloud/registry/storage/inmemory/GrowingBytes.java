package com.laincloud.registry.storage.inmemory;

import com.laincloud.registry.storage.StorageException;
import java.util.Arrays;

/** Bytes in one array that grows; at most what an array can hold. Not safe for use by several threads. */
final class GrowingBytes {

    private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

    private byte[] array = new byte[0];
    private int length;

    int length() {
        return length;
    }

    /** The first {@code count} bytes, in an array of their own. */
    byte[] first(int count) {
        return Arrays.copyOf(array, count);
    }

    /** @throws StorageException {@linkplain StorageException#isFull() full} if an array cannot hold so many */
    void requireRoomFor(int count) {
        if ((long) length + count > MAX_LENGTH) {
            throw StorageException.full("no more than " + MAX_LENGTH + " bytes of one blob are kept in memory", null);
        }
    }

    /** @throws StorageException as {@link #requireRoomFor} */
    void add(byte[] bytes, int offset, int count) {
        requireRoomFor(count);
        int needed = length + count;
        if (needed > array.length) {
            array = Arrays.copyOf(array, (int) Math.min(MAX_LENGTH, Math.max(needed, 2L * array.length)));
        }
        System.arraycopy(bytes, offset, array, length, count);
        length = needed;
    }

    void cutTo(int shorter) {
        length = shorter;
    }
}
