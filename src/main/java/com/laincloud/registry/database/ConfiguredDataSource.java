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
import java.util.Properties;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;
import org.jspecify.annotations.Nullable;
import org.postgresql.Driver;
import org.postgresql.PGProperty;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * Connections to the database of the configuration: {@code registry.database.url} with its {@code username} and
 * {@code password}, or else the embedded one this process runs. The container makes it, pools what it gives as
 * {@code java:app/registryDS}, and asks each whether it is {@linkplain PooledConnection valid} before it hands it out, so that a
 * database that was restarted is found again by itself.
 *
 * <p>It keeps no settings: the configuration is read for each connection, of which a pool asks few.
 */
@Vetoed // what is injected is the pool of these, not one of these
@DataSourceDefinition(
        name = "java:app/registryDS",
        className = "com.laincloud.registry.database.ConfiguredDataSource",
        initialPoolSize = 0,
        minPoolSize = 2,
        maxPoolSize = 20, // until ContainerPool sets it
        maxIdleTime = 60, // seconds: each takes 5 MiB of a server, and no 10 ms to open
        properties = {
            "socketTimeout=30",
            "pooled=true",
            "fish.payara.is-connection-validation-required=true",
            "fish.payara.connection-validation-method=custom-validation",
            "fish.payara.validation-classname=org.glassfish.api.jdbc.validation.JDBC40ConnectionValidation",
            "fish.payara.max-wait-time-in-millis=20000"
        })
public class ConfiguredDataSource implements DataSource {

    /** The system property that names the directory of the embedded database this process runs. */
    public static final String EMBEDDED_DIRECTORY = "registry.database.embedded";

    /** How long one server may be out of reach; the next one of the address is tried then. */
    private static final int CONNECT_SECONDS = 5;

    /** How long it may be silent while it is told who connects. */
    private static final int GREETING_SECONDS = 3;

    /** What a server was a moment ago says nothing: one that was a standby is the primary now, and a request waits for it. */
    private static final int RECHECK_SECONDS = 0;

    private static final int LOGIN_SECONDS = 15;

    /** The first thing a server is asked, before the same is tried in the clear where the address allows that. */
    private static final int TLS_ANSWER_MILLIS = 2_000;

    /**
     * Every statement of a request is a look-up by keys, which an index serves. A plan that was made while a table was small,
     * and reads all of it, would be used again and again while the table grows; these make the planner avoid one.
     */
    private static final String LOOK_UPS_BY_KEY = "-c enable_seqscan=off -c enable_bitmapscan=off";

    private final boolean isOwner;
    private boolean isPooled;
    private int socketTimeout;

    /** Connections of the role that serves. */
    public ConfiguredDataSource() {
        this(false);
    }

    private ConfiguredDataSource(boolean isOwner) {
        this.isOwner = isOwner;
    }

    /** Connections of the role that the schema belongs to, which is not the one that serves where there are two. */
    public static ConfiguredDataSource ofOwner() {
        return new ConfiguredDataSource(true);
    }

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

    /** Whether its connections are for the pool. */
    public void setPooled(boolean pooled) {
        isPooled = pooled;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return isPooled ? PooledConnection.of(connect()) : connect();
    }

    private Connection connect() throws SQLException {
        Config config = ConfigProvider.getConfig(ConfiguredDataSource.class.getClassLoader());
        DatabaseAddress database = DatabaseAddress.read(new ContainerSettingValues(config));
        if (database.url().isEmpty()) {
            ConnectionFacts facts = ConnectionFacts.read(Path.of(System.getProperty(EMBEDDED_DIRECTORY, "")));
            return isOwner
                    ? connect(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword())
                    : connect(facts.url(), ConnectionFacts.APPLICATION, facts.password());
        }
        DatabaseAddress.Account account = isOwner ? database.owner() : database.account();
        return connect(
                database.url().get(),
                account.username().orElse(null),
                account.password().orElse(null));
    }

    private Connection connect(String url, @Nullable String username, @Nullable String password) throws SQLException {
        PGSimpleDataSource servers = postgres(url, GREETING_SECONDS);
        ServerOrder.apply(servers);
        Connection connection = servers.getConnection(username, password);
        try {
            ServerOrder.connected(connection);
            if (!url.contains("socketTimeout=")) {
                connection.setNetworkTimeout(Runnable::run, socketTimeout * 1_000);
            }
            return connection;
        } catch (SQLException | RuntimeException e) {
            try (connection) {
                throw e;
            }
        }
    }

    /** A source of connections to a database, for a process in which there is no container to ask. */
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
        Properties defaults = new Properties();
        PGProperty.APPLICATION_NAME.set(defaults, "registry");
        PGProperty.CURRENT_SCHEMA.set(defaults, "registry");
        PGProperty.TCP_KEEP_ALIVE.set(defaults, true);
        PGProperty.PREPARE_THRESHOLD.set(defaults, 3);
        PGProperty.REWRITE_BATCHED_INSERTS.set(defaults, true);
        PGProperty.CONNECT_TIMEOUT.set(defaults, CONNECT_SECONDS);
        PGProperty.HOST_RECHECK_SECONDS.set(defaults, RECHECK_SECONDS);
        PGProperty.LOGIN_TIMEOUT.set(defaults, LOGIN_SECONDS);
        PGProperty.SSL_RESPONSE_TIMEOUT.set(defaults, TLS_ANSWER_MILLIS);
        PGProperty.SOCKET_TIMEOUT.set(defaults, socketTimeout);
        PGProperty.OPTIONS.set(defaults, LOOK_UPS_BY_KEY);
        Properties said = Driver.parseURL(url, null); // what the address says of these, it says on purpose
        PGSimpleDataSource source = new PGSimpleDataSource();
        try {
            for (String name : defaults.stringPropertyNames()) {
                if (said == null || !said.containsKey(name)) {
                    source.setProperty(name, defaults.getProperty(name));
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e); // none of them is refused
        }
        source.setURL(url);
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
        return LOGIN_SECONDS;
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
