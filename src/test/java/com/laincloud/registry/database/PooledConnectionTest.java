package com.laincloud.registry.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Which connections the pool hands out. */
@ExtendWith(TemporaryDatabase.Extension.class)
class PooledConnectionTest {

    private final TemporaryDatabase database;

    PooledConnectionTest(TemporaryDatabase database) {
        this.database = database;
    }

    @Test
    void aConnectionIsHandedOutUntilItIsClosed() throws SQLException {
        Connection connection = PooledConnection.of(database.connections().getConnection());
        PooledConnection.suspectAll();

        assertThat(connection.isValid(0)).isTrue();
        connection.close();
        assertThat(connection.isValid(0)).isFalse();
    }

    @Test
    void oneThatTheServerHasEndedIsFoundOutAfterAnOutageWasMet() throws SQLException {
        try (Connection connection = PooledConnection.of(database.owner().getConnection())) {
            List<String> ended = Rows.query(connection, "select pg_backend_pid()::text", row -> row.getString(1));
            database.sql("select pg_terminate_backend(" + ended.getFirst() + ", 5000)");

            PooledConnection.suspectAll();

            assertThat(connection.isValid(0)).isFalse();
        }
    }

    @Test
    void oneToAServerThatBecameAStandbyIsNotHandedOut() throws SQLException {
        try (Connection primary = database.connections().getConnection();
                Connection connection = PooledConnection.of(asOfStandby(primary))) {
            PooledConnection.suspectAll();

            assertThat(connection.isValid(0)).isFalse();
        }
    }

    @Test
    void anAnswerThatTakesLongEndsNoOtherConnectionOfAServerThatAnswers() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        try (Connection slow = PooledConnection.of(database.connections().getConnection());
                Connection other = PooledConnection.of(database.connections().getConnection());
                ExecutorService asking = Executors.newSingleThreadExecutor()) {
            Future<Integer> answers = asking.submit(() -> {
                int heard = 0;
                while (!isOver.get()) {
                    heard += PooledConnection.briefly(other, PooledConnectionTest::one);
                    Thread.sleep(100);
                }
                return heard;
            });
            try {
                assertThatThrownBy(() -> PooledConnection.briefly(
                                slow, asked -> Rows.query(asked, "select pg_sleep(20)", row -> true)))
                        .isInstanceOf(SQLException.class);
            } finally {
                isOver.set(true);
            }
            assertThat(answers.get()).isGreaterThan(10);
            assertThat(other.isValid(0)).isTrue();
        }
    }

    @Test
    void aQuestionThatFailsLeavesTheConnectionItsPatience() throws SQLException {
        try (Connection connection = PooledConnection.of(database.connections().getConnection())) {
            connection.setNetworkTimeout(Runnable::run, 30_000);

            assertThatThrownBy(() -> PooledConnection.briefly(connection, asked -> {
                        assertThat(asked.getNetworkTimeout()).isEqualTo(5_000);
                        throw new IllegalStateException("the row is none");
                    }))
                    .hasMessage("the row is none");

            assertThat(connection.getNetworkTimeout()).isEqualTo(30_000);
        }
    }

    private static int one(Connection connection) throws SQLException {
        return Rows.query(connection, "select 1", row -> row.getInt(1)).getFirst();
    }

    /** The same, which says that its server is in recovery. */
    private static Connection asOfStandby(Connection connection) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prepareStatement")) {
                        return connection.prepareStatement(
                                String.valueOf(arguments[0]).replace("pg_is_in_recovery()", "true"));
                    }
                    return method.invoke(connection, arguments);
                });
    }
}
