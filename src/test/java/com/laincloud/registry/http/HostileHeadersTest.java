package com.laincloud.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.laincloud.registry.config.Network;
import com.laincloud.registry.fuzz.HostileText;
import com.laincloud.registry.fuzz.MutatedText;
import com.laincloud.registry.fuzz.Seed;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.request.EntityTags;
import com.laincloud.registry.request.Page;
import com.laincloud.registry.request.Precondition;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.RepeatedTest;

/** What is true of all that reads headers and query parameters, whatever they hold. */
class HostileHeadersTest {

    private static final int TEXTS = 20_000;
    private static final List<String> RANGES =
            List.of("bytes=0-9", "bytes=5-", "bytes=-3", "bytes=99-100", "bytes=1-2,4-5");
    private static final List<String> NUMBERS = List.of("0", "10000", "2147483647", "99999999999999999999");
    private static final Digest DIGEST = Digest.of(DigestAlgorithm.SHA256, new byte[0]);

    private static final List<Network> PROXIES = List.of(new Network(InetAddress.getLoopbackAddress(), 8));

    @RepeatedTest(3)
    void nothingButRegistryExceptionsComesOutOfTheReaders() {
        Seed seed = Seed.ofThisRun();
        Random random = seed.random();
        for (int i = 0; i < TEXTS; i++) {
            long size = random.nextLong(0, 20);
            read(seed, hostile(RANGES, random), header -> requireWithin(ByteRange.of(header, size), size));
            read(
                    seed,
                    hostile(NUMBERS, random),
                    n -> assertThat(Page.of(n, n).limit()).isNotNegative());
            read(
                    seed,
                    hostile(List.of(EntityTags.of(DIGEST), "*"), random),
                    header -> EntityTags.matches(header, DIGEST));
            read(
                    seed,
                    hostile(List.of(EntityTags.of(DIGEST), "*"), random),
                    header -> new Precondition(header, header).require("a tag", Optional.of(DIGEST)));
            read(
                    seed,
                    hostile(List.of("10.0.0.1, 192.0.2.7", "2001:db8::1"), random),
                    header -> assertThat(
                                    ClientAddress.of("127.0.0.1", Collections.enumeration(List.of(header)), PROXIES))
                            .matches("[0-9a-f.:]+"));
        }
    }

    private static void requireWithin(Optional<ByteRange> range, long size) {
        range.ifPresent(part -> {
            assertThat(part.first()).isBetween(0L, size - 1);
            assertThat(part.length()).isBetween(1L, size - part.first());
        });
    }

    private static void read(Seed seed, String text, Consumer<String> reader) {
        try {
            reader.accept(text);
        } catch (RegistryException e) {
            assertThat(e.status()).isBetween(400, 499);
        } catch (RuntimeException | AssertionError e) {
            fail(seed + ": " + text, e);
        }
    }

    private static String hostile(List<String> valid, Random random) {
        byte[] original = valid.get(random.nextInt(valid.size())).getBytes(StandardCharsets.UTF_8);
        return random.nextBoolean()
                ? HostileText.next(random)
                : new String(MutatedText.of(original, random), StandardCharsets.ISO_8859_1).strip();
    }
}
