package com.laincloud.registry.database;

import com.laincloud.registry.config.ContainerSettingValues;
import com.laincloud.registry.config.DatabaseAddress;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import jakarta.annotation.sql.DataSourceDefinition;
import jakarta.enterprise.inject.Vetoed;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to the database of the configuration: {@code registry.database.url} with its {@code username} and
 * {@code password}, or else the embedded one this process runs. The container makes it, pools what it gives as
 * {@code java:app/registryDS}, and checks a connection that has rested before it hands it out, so that a database that was
 * restarted is found again by itself.
 *
 * <p>It keeps no settings: the configuration is read for each connection, of which a pool asks few.
 */
@Vetoed // what is injected is the pool of these, not one of these
@DataSourceDefinition(
        name = "java:app/registryDS",
        className = "com.laincloud.registry.database.ConfiguredDataSource",
        initialPoolSize = 0,
        minPoolSize = 2,
        maxPoolSize = 50,
        properties = {
            "socketTimeout=30",
            "fish.payara.is-connection-validation-required=true",
            "fish.payara.connection-validation-method=custom-validation",
            "fish.payara.validation-classname=org.glassfish.api.jdbc.validation.JDBC40ConnectionValidation",
            "fish.payara.validate-atmost-once-period-in-seconds=2",
            "fish.payara.fail-all-connections=true",
            "fish.payara.max-wait-time-in-millis=20000"
        })
public class ConfiguredDataSource implements DataSource {

    /** The system property that names the directory of the embedded database this process runs. */
    public static final String EMBEDDED_DIRECTORY = "registry.database.embedded";

    private static final int CONNECT_SECONDS = 10;

    /**
     * Every statement of a request is a look-up by keys, which an index serves. A plan that was made while a table was small,
     * and reads all of it, would be used again and again while the table grows; these make the planner avoid one.
     */
    private static final String LOOK_UPS_BY_KEY = "-c enable_seqscan=off -c enable_bitmapscan=off";

    private int socketTimeout;

    /** Lets the transaction at hand read whole tables, as one that asks about everything has to. */
    public static void allowScans(Connection transaction) throws SQLException {
        try (Statement statement = transaction.createStatement()) {
            statement.execute("set local enable_seqscan = on; set local enable_bitmapscan = on");
        }
    }

    /** Connections that wait so many seconds for the answer to a statement, and no longer. */
    public static ConfiguredDataSource withPatience(int seconds) {
        ConfiguredDataSource source = new ConfiguredDataSource();
        source.setSocketTimeout(seconds);
        return source;
    }

    /**
     * How many seconds a statement's answer is waited for: no request may hang on a database that has gone without a word.
     * 0, for ever, unless this is called: migrations and imports take their time.
     */
    public void setSocketTimeout(int seconds) {
        socketTimeout = seconds;
    }

    @Override
    public Connection getConnection() throws SQLException {
        Config config = ConfigProvider.getConfig(ConfiguredDataSource.class.getClassLoader());
        DatabaseAddress database = DatabaseAddress.read(new ContainerSettingValues(config));
        if (database.url().isEmpty()) {
            ConnectionFacts facts = ConnectionFacts.read(Path.of(System.getProperty(EMBEDDED_DIRECTORY, "")));
            return postgres(facts.url(), socketTimeout).getConnection(ConnectionFacts.APPLICATION, facts.password());
        }
        return postgres(database.url().get(), socketTimeout)
                .getConnection(
                        database.username().orElse(null), database.password().orElse(null));
    }

    /** A source of connections to a database that somebody else knows of; where there is no container to ask. */
    public static DataSource of(String url, @Nullable String username, @Nullable String password) {
        PGSimpleDataSource source = postgres(url, 0);
        if (username != null) {
            source.setUser(username);
        }
        if (password != null) {
            source.setPassword(password);
        }
        return source;
    }

    private static PGSimpleDataSource postgres(String url, int socketTimeout) {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setApplicationName("registry");
        source.setCurrentSchema("registry");
        source.setTcpKeepAlive(true);
        source.setPrepareThreshold(3);
        source.setReWriteBatchedInserts(true);
        source.setConnectTimeout(CONNECT_SECONDS);
        source.setLoginTimeout(CONNECT_SECONDS);
        source.setSocketTimeout(socketTimeout);
        source.setOptions(LOOK_UPS_BY_KEY);
        source.setURL(url); // last: what the address says about these, it says on purpose
        return source;
    }

    /** As {@link #getConnection()}: who connects is the configuration's matter. */
    @Override
    public Connection getConnection(String username, String password) throws SQLException {
        return getConnection();
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) {
        // PostgreSQL's driver logs by itself
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // fixed, so that a pool's setting cannot turn it off
    }

    @Override
    public int getLoginTimeout() {
        return CONNECT_SECONDS;
    }

    @Override
    public Logger getParentLogger() {
        return Logger.getLogger("org.postgresql");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (isWrapperFor(type)) {
            return type.cast(this);
        }
        throw new SQLException("not a wrapper for " + type.getName());
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
