package com.laincloud.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ChunkTest {

    private static Chunk chunk(int bytes, @Nullable String range, @Nullable Long length) {
        return Chunk.of(new ByteArrayInputStream(new byte[bytes]), range, length);
    }

    private static long readAll(Chunk chunk) {
        byte[] buffer = new byte[4];
        long received = 0;
        for (int n = chunk.read(buffer, 0); n >= 0; n = chunk.read(buffer, received)) {
            received += n;
        }
        return received;
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aBodyOfUnknownLengthEndsWhereItEnds() {
        assertThat(readAll(chunk(10, null, null))).isEqualTo(10);
    }

    @Test
    void aBodyAsLongAsItSaysIsReadWhole() {
        assertThat(readAll(chunk(10, "5-14", 10L))).isEqualTo(10);
        assertThat(chunk(10, "5-14", 10L).offset()).isEqualTo(5);
    }

    @Test
    void aRangeThatContradictsTheLengthIsRefusedBeforeAnythingIsRead() {
        refused(ErrorCode.SIZE_INVALID, () -> chunk(10, "0-10", 10L));
    }

    @Test
    void aBodyShorterThanItSaysTellsHowMuchCame() {
        assertThatThrownBy(() -> readAll(chunk(9, null, 10L)))
                .isInstanceOfSatisfying(
                        TruncatedBodyException.class,
                        e -> assertThat(e.received()).isEqualTo(9));
    }

    @Test
    void whatComesInSmallPiecesIsReadInLargeOnes() {
        InputStream dripping = new ByteArrayInputStream(new byte[10]) {
            @Override
            public synchronized int read(byte[] buffer, int offset, int length) {
                return super.read(buffer, offset, Math.min(length, 1));
            }
        };
        Chunk chunk = new Chunk(dripping, null, Chunk.UNKNOWN, 0);

        assertThat(chunk.read(new byte[8], 0)).isEqualTo(8);
        assertThat(chunk.read(new byte[8], 8)).isEqualTo(2);
        assertThat(chunk.read(new byte[8], 10)).isEqualTo(-1);
    }

    @Test
    void aBodyLongerThanItsRangeIsRefused() {
        refused(ErrorCode.SIZE_INVALID, () -> readAll(chunk(11, "0-9", null)));
    }

    @Test
    void aConnectionThatBreaksTellsHowMuchCame() throws IOException {
        InputStream broken = InputStream.nullInputStream();
        broken.close();

        assertThatThrownBy(() -> new Chunk(broken, null, Chunk.UNKNOWN, 0).read(new byte[4], 7))
                .isInstanceOfSatisfying(
                        TruncatedBodyException.class,
                        e -> assertThat(e.received()).isEqualTo(7));
    }
}
