package com.laincloud.registry.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.connector.SlowReaders.Reader;
import java.time.Duration;
import org.glassfish.grizzly.nio.transport.TCPNIOConnection;
import org.glassfish.grizzly.nio.transport.TCPNIOTransportBuilder;
import org.junit.jupiter.api.Test;

/** What a client has left before it is taken for too slow, at a least rate of 1 KiB/s. */
class SlowReadersTest {

    private static final long LEAST = 1024;
    private static final long TWO_MINUTES = Duration.ofMinutes(2).toNanos();
    private static final long FIVE_SECONDS = Duration.ofSeconds(5).toNanos();

    private static Reader fresh() {
        return new Reader(
                new TCPNIOConnection(TCPNIOTransportBuilder.newInstance().build(), null), 0, 0, TWO_MINUTES);
    }

    /** For how long it may go on, when it reads so much every five seconds. */
    private static Duration life(long bytes, long least) {
        Reader reader = fresh();
        long looks = 0;
        while (reader.left() >= 0 && looks < 100_000) {
            looks++;
            reader = reader.seen(looks * bytes, looks * FIVE_SECONDS, least);
        }
        return Duration.ofSeconds(5 * looks);
    }

    @Test
    void aClientThatReadsNothingHasTwoMinutes() {
        assertThat(life(0, LEAST)).isEqualTo(Duration.ofSeconds(125));
        assertThat(life(0, 0)).isEqualTo(Duration.ofSeconds(125));
    }

    @Test
    void aClientThatReadsTooSlowlyHasLittleMore() {
        assertThat(life(5 * 240, LEAST)).isBetween(Duration.ofSeconds(125), Duration.ofSeconds(180));
    }

    @Test
    void aClientThatReadsFastEnoughMayGoOn() {
        assertThat(life(5 * 1024, LEAST)).isEqualTo(Duration.ofSeconds(500_000));
        assertThat(life(1, 0)).isEqualTo(Duration.ofSeconds(500_000));
    }

    @Test
    void aLumpOfManyMebibytesBuysTwoMinutesAndNoMore() {
        Reader reader = fresh().seen(1L << 40, FIVE_SECONDS, LEAST);
        assertThat(reader.left()).isEqualTo(TWO_MINUTES);
    }
}
