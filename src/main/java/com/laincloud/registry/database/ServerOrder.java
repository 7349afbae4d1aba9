package com.laincloud.registry.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PgConnection;
import org.postgresql.util.HostSpec;

/**
 * In which order the servers of an address are asked which of them is the primary: first the one that a connection was made to
 * last, and last the one that fell silent, because to ask it takes seconds.
 */
final class ServerOrder {

    private static final AtomicReference<@Nullable HostSpec> LATEST = new AtomicReference<>();
    private static final AtomicReference<@Nullable HostSpec> SILENT = new AtomicReference<>();

    private ServerOrder() {}

    /** Puts the servers of a source into order. */
    static void apply(PGSimpleDataSource source) {
        String[] names = source.getServerNames();
        int[] ports = source.getPortNumbers();
        List<HostSpec> servers = IntStream.range(0, names.length)
                .mapToObj(i -> new HostSpec(names[i], ports[i]))
                .sorted(Comparator.comparingInt(ServerOrder::rank))
                .toList();
        source.setServerNames(servers.stream().map(HostSpec::getHost).toArray(String[]::new));
        source.setPortNumbers(servers.stream().mapToInt(HostSpec::getPort).toArray());
    }

    private static int rank(HostSpec server) {
        return server.equals(LATEST.get()) ? 0 : server.equals(SILENT.get()) ? 2 : 1;
    }

    /** The server of this connection, which was just made, is the one to ask. */
    static void connected(Connection connection) throws SQLException {
        HostSpec server = server(connection);
        LATEST.set(server);
        SILENT.updateAndGet(before -> server.equals(before) ? null : before);
    }

    /** The server of this connection does not answer. */
    static void fellSilent(Connection connection) throws SQLException {
        HostSpec server = server(connection);
        SILENT.set(server);
        LATEST.updateAndGet(before -> server.equals(before) ? null : before);
    }

    private static HostSpec server(Connection connection) throws SQLException {
        return connection.unwrap(PgConnection.class).getQueryExecutor().getHostSpec();
    }
}
