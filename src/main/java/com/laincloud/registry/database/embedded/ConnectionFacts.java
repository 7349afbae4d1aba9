package com.laincloud.registry.database.embedded;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Properties;

/**
 * How to connect to the embedded database. Written to {@code connection.properties} when the server is ready and read by
 * those who may read that file: the registry's own data source, and {@code payara/registry sql} in another process.
 *
 * @param port the loopback port, another one at every start
 * @param ownerPassword of the role {@value #OWNER}, which owns the database {@value #DATABASE}
 * @param password of the role {@value #APPLICATION}, which the registry serves as
 * @param auditorPassword of the role {@value #AUDITOR}, which may read the audit schema and nothing else
 */
public record ConnectionFacts(int port, String ownerPassword, String password, String auditorPassword) {

    /** The name of the database. */
    public static final String DATABASE = "registry";

    /** The role that all tables belong to. */
    public static final String OWNER = "registry";

    /** The role that serves: it changes what is in the tables, and only adds to the record. */
    public static final String APPLICATION = "registry_application";

    /** The role that reads the audit schema. */
    public static final String AUDITOR = "registry_auditor";

    private static final String FILE = "connection.properties";

    /** The JDBC address of the database {@value #DATABASE}. */
    public String url() {
        return url(DATABASE);
    }

    String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** Whether a server that started in {@code directory} has left its facts there: it runs, or was killed. */
    public static boolean existIn(Path directory) {
        return Files.exists(directory.resolve(FILE));
    }

    /**
     * The facts of the server that runs in {@code directory}.
     *
     * @throws EmbeddedDatabaseException if no server runs in {@code directory}, or its facts may not be read
     */
    public static ConnectionFacts read(Path directory) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(directory.resolve(FILE))) {
            properties.load(reader);
        } catch (NoSuchFileException e) {
            throw new EmbeddedDatabaseException("database: no embedded database runs in " + directory, e);
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database: cannot read " + directory.resolve(FILE) + ": " + Fault.of(e), e);
        }
        if (properties.getProperty("owner.password") == null) {
            throw new EmbeddedDatabaseException("database: another version of the registry runs in " + directory);
        }
        return new ConnectionFacts(
                Integer.parseInt(properties.getProperty("port", "0")),
                properties.getProperty("owner.password"),
                properties.getProperty("password", ""),
                properties.getProperty("auditor.password", ""));
    }

    void write(Path directory) {
        String text = """
                port=%d
                owner.password=%s
                password=%s
                auditor.password=%s
                """.formatted(port, ownerPassword, password, auditorPassword);
        DatabaseDirectories.replace(directory.resolve(FILE), text);
    }

    static void remove(Path directory) {
        try {
            Files.deleteIfExists(directory.resolve(FILE));
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database: cannot remove " + directory.resolve(FILE) + ": " + Fault.of(e), e);
        }
    }

    /** Leaves the passwords out. */
    @Override
    public String toString() {
        return "ConnectionFacts[" + url() + "]";
    }
}
