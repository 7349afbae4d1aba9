package com.laincloud.registry.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.postgresql.ds.PGSimpleDataSource;

/** Which of several servers is asked first. */
@ExtendWith(TemporaryDatabase.Extension.class)
class ServerOrderTest {

    private final TemporaryDatabase database;

    ServerOrderTest(TemporaryDatabase database) {
        this.database = database;
    }

    /** The places of others and of the connection's server in the order in which they are asked; the server is in the middle. */
    private static IntStream order(Connection connection) throws SQLException {
        String address = connection.getMetaData().getURL().replaceFirst("\\?.*", "");
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(address.replaceFirst("://([^/]*)/", "://other:1,$1,other:3/"));
        int middle = source.getPortNumbers()[1];
        ServerOrder.apply(source);
        return IntStream.of(source.getPortNumbers()).map(port -> port == middle ? 2 : port);
    }

    @Test
    void theOneThatConnectsIsTheFirstAndTheOneThatFallsSilentTheLast() throws SQLException {
        try (Connection connection = database.connections().getConnection()) {
            ServerOrder.connected(connection);
            assertThat(order(connection)).containsExactly(2, 1, 3);

            ServerOrder.fellSilent(connection);
            assertThat(order(connection)).containsExactly(1, 3, 2);

            ServerOrder.connected(connection);
            assertThat(order(connection)).containsExactly(2, 1, 3);
        }
    }
}
