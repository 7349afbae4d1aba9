package com.laincloud.registry.upload;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PrefixHashTest {

    private static final int[] CUTS = {
        0, 1, 31, 55, 56, 57, 63, 64, 65, 111, 112, 113, 119, 127, 128, 129, 191, 192, 255, 256, 257, 4095, 4096, 99_999
    };

    private static byte[] bytes() {
        byte[] bytes = new byte[100_000];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static PrefixHash withFirst(DigestAlgorithm algorithm, byte[] bytes, int length) {
        PrefixHash hash = new PrefixHash(algorithm);
        hash.update(bytes, 0, length);
        return hash;
    }

    @ParameterizedTest
    @EnumSource
    void anotherProcessGoesOnFromWhatIsSaved(DigestAlgorithm algorithm) {
        byte[] bytes = bytes();
        Digest expected = Digest.of(algorithm, bytes);
        for (int cut : CUTS) {
            byte[] saved = withFirst(algorithm, bytes, cut).saved().orElseThrow();
            PrefixHash restored =
                    PrefixHash.restored(ByteBuffer.wrap(saved), false).orElseThrow();

            assertThat(saved).as("cut at %d", cut).hasSizeLessThanOrEqualTo(217);
            assertThat(restored.size()).isEqualTo(cut);
            assertThat(restored.algorithm()).isEqualTo(algorithm);
            assertThat(restored.saved())
                    .as("saved again at %d", cut)
                    .hasValueSatisfying(again -> assertThat(again).isEqualTo(saved));
            restored.update(bytes, cut, bytes.length - cut);
            assertThat(restored.digest()).as("cut at %d", cut).isEqualTo(expected);
        }
    }

    /** Compiled code leaves other bytes for later than interpreted code, on some processors. */
    @ParameterizedTest
    @EnumSource
    void itDoesSoAfterTheHashWasCompiled(DigestAlgorithm algorithm) {
        byte[] bytes = bytes();
        Random random = new Random(11);
        for (int round = 0; round < 40_000; round++) {
            int cut = 64 * random.nextInt(12) + random.nextInt(2);
            PrefixHash hash = withFirst(algorithm, bytes, cut);
            PrefixHash restored = PrefixHash.restored(
                            ByteBuffer.wrap(hash.saved().orElseThrow()), false)
                    .orElseThrow();
            hash.update(bytes, cut, 200);
            restored.update(bytes, cut, 200);

            assertThat(restored.digest())
                    .as("cut at %d in round %d", cut, round)
                    .isEqualTo(hash.digest());
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSavedStaysAsItIsWhileTheHashGoesOn(DigestAlgorithm algorithm) {
        byte[] bytes = bytes();
        PrefixHash hash = withFirst(algorithm, bytes, 100);
        byte[] saved = hash.saved().orElseThrow();
        byte[] before = saved.clone();

        hash.update(bytes, 100, 900);

        assertThat(saved).isEqualTo(before);
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotWholeIsNotGoneOnWith(DigestAlgorithm algorithm) {
        byte[] saved = withFirst(algorithm, bytes(), 100).saved().orElseThrow();
        byte[] unknown = saved.clone();
        unknown[16] = 9;
        byte[] beforeTheMachineStarted = saved.clone();
        beforeTheMachineStarted[15] ^= 1;

        for (boolean anywhere : new boolean[] {false, true}) {
            assertThat(PrefixHash.restored(null, anywhere)).isEmpty();
            assertThat(PrefixHash.restored(ByteBuffer.allocate(0), anywhere)).isEmpty();
            assertThat(PrefixHash.restored(ByteBuffer.wrap(saved, 0, saved.length - 1), anywhere))
                    .isEmpty();
            assertThat(PrefixHash.restored(ByteBuffer.wrap(Arrays.copyOf(saved, saved.length + 1)), anywhere))
                    .isEmpty();
            assertThat(PrefixHash.restored(ByteBuffer.wrap(unknown), anywhere)).isEmpty();
        }
        assertThat(PrefixHash.restored(ByteBuffer.wrap(beforeTheMachineStarted), false))
                .isEmpty();
        assertThat(PrefixHash.restored(ByteBuffer.wrap(beforeTheMachineStarted), true))
                .hasValueSatisfying(hash -> assertThat(hash.digest())
                        .isEqualTo(withFirst(algorithm, bytes(), 100).digest()));
    }
}
