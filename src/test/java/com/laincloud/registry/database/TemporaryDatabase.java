package com.laincloud.registry.database;

import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Hands tests without a server a real PostgreSQL with the registry's schema and nothing in it:
 * {@code @ExtendWith(TemporaryDatabase.Extension.class)} on a class whose constructor takes a {@code TemporaryDatabase}.
 * The server is one for the whole run; each test that asks gets its schema made anew.
 */
public final class TemporaryDatabase implements AutoCloseable {

    private final EmbeddedPostgres server = EmbeddedPostgres.startTemporary();
    private final DataSource owner;
    private final DataSource connections;
    private final DataSource auditor;

    private TemporaryDatabase() {
        ConnectionFacts facts = ConnectionFacts.read(server.directory());
        this.owner = ConfiguredDataSource.of(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword());
        this.connections = ConfiguredDataSource.of(facts.url(), ConnectionFacts.APPLICATION, facts.password());
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(facts.url());
        source.setUser(ConnectionFacts.AUDITOR);
        source.setPassword(facts.auditorPassword());
        this.auditor = source;
    }

    /** Connections of the role the registry serves as. */
    public DataSource connections() {
        return connections;
    }

    /** Connections of the role that owns the tables. */
    public DataSource owner() {
        return owner;
    }

    /** Connections of the role that may read the audit schema. */
    public DataSource auditor() {
        return auditor;
    }

    /**
     * The rows that a query of the tables' owner yields, the columns of each joined by a bar; none for a statement that yields
     * none.
     */
    public List<String> sql(String statement) {
        return sql(owner, statement);
    }

    /** The same, on other connections. */
    public static List<String> sql(DataSource connections, String statement) {
        try (Connection connection = connections.getConnection();
                Statement executed = connection.createStatement()) {
            List<String> rows = new ArrayList<>();
            if (executed.execute(statement)) {
                ResultSet result = executed.getResultSet();
                while (result.next()) {
                    List<String> columns = new ArrayList<>();
                    for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                        columns.add(result.getString(column));
                    }
                    rows.add(String.join("|", columns));
                }
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private TemporaryDatabase emptied() {
        sql("drop schema if exists audit cascade");
        sql("drop schema if exists registry cascade");
        migrate();
        return this;
    }

    /** Brings the schema to this version, as a start does. */
    public void migrate() {
        new Migration(owner, connections).migrate();
    }

    @Override
    public void close() {
        server.close();
    }

    /** Hands it to the constructors of tests. */
    public static final class Extension implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == TemporaryDatabase.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(TemporaryDatabase.class))
                    .computeIfAbsent(TemporaryDatabase.class, key -> new TemporaryDatabase(), TemporaryDatabase.class)
                    .emptied();
        }
    }
}
