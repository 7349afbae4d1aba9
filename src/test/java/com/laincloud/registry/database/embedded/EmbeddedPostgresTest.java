package com.laincloud.registry.database.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.PrimitiveIterator;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {

    @TempDir
    private Path directory;

    @Test
    void itListensOnAnotherPortIfTheFirstIsTakenMeanwhile() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int free = EmbeddedPostgres.freePort();
            PrimitiveIterator.OfInt ports =
                    IntStream.of(taken.getLocalPort(), free).iterator();
            try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, false, ports::nextInt)) {
                assertThat(ConnectionFacts.read(postgres.directory()).port()).isEqualTo(free);
            }
        }
    }

    @Test
    void itGivesUpWhenPortAfterPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            IntSupplier ports = taken::getLocalPort;
            assertThatThrownBy(() -> EmbeddedPostgres.start(directory, false, ports))
                    .isInstanceOf(EmbeddedDatabaseException.class)
                    .hasMessageContaining("PostgreSQL does not start");
        }
    }
}
