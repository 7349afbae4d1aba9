package com.laincloud.registry.storage.s3;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import software.amazon.awssdk.core.ResponseInputStream;

/** The bytes of an answer, exactly as many as were asked for. */
final class ObjectStream extends InputStream {

    private final ResponseInputStream<?> bytes;

    private final StoreWaits waits;
    private long left;

    ObjectStream(ResponseInputStream<?> bytes, long length, StoreWaits waits) {
        this.bytes = bytes;
        this.waits = waits;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (left == 0) {
            return length == 0 ? 0 : -1;
        }
        int count = next(target, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the store ended its answer " + left + " bytes early");
        }
        left -= count;
        return count;
    }

    private int next(byte[] target, int offset, int length) throws IOException {
        waits.goOn();
        try {
            int count = bytes.read(target, offset, length);
            waits.heard();
            return count;
        } finally {
            waits.leave();
        }
    }

    @Override
    public void close() throws IOException {
        if (left == 0) {
            bytes.close();
        } else {
            bytes.abort(); // the rest would be waited for
        }
    }
}
