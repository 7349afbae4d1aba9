package com.laincloud.registry.database.embedded;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What the superuser does at every start, and the only thing: gives the roles of {@link ConnectionFacts} their new passwords,
 * after having made the roles and the database if they are not there. A crash in between is made good by the next start.
 */
final class Superuser {

    static final String NAME = "postgres";

    /** Advisory locks are free to all roles, and a migration would wait for an auditor's. */
    private static final String LOCKS_FOR_THE_OWNER_ALONE = """
            do $$
            declare
                lock regprocedure;
            begin
                for lock in select oid from pg_proc
                            where pronamespace = 'pg_catalog'::regnamespace and proname like '%advisory%'
                              and has_function_privilege('registry_auditor', oid, 'execute') loop
                    execute format('revoke execute on function %s from public', lock);
                    execute format('grant execute on function %s to registry', lock);
                end loop;
            end $$""";

    private final String password;

    Superuser(String password) {
        this.password = password;
    }

    void prepare(ConnectionFacts facts) {
        try (Connection connection = connect(facts, NAME);
                Statement statement = connection.createStatement()) {
            giveRole(statement, ConnectionFacts.OWNER, facts.ownerPassword());
            giveRole(statement, ConnectionFacts.APPLICATION, facts.password());
            giveRole(statement, ConnectionFacts.AUDITOR, facts.auditorPassword());
            statement.execute("ALTER ROLE registry_auditor SET default_transaction_read_only = on");
            statement.execute("ALTER ROLE registry_auditor SET search_path = audit");
            // what an auditor forgets must not keep the registry's rows, or its memory
            statement.execute("ALTER ROLE registry_auditor SET statement_timeout = '5min'");
            statement.execute("ALTER ROLE registry_auditor SET lock_timeout = '2s'");
            statement.execute("ALTER ROLE registry_auditor SET idle_in_transaction_session_timeout = '10s'");
            if (isMissing(statement, "SELECT 1 FROM pg_database WHERE datname = 'registry'")) {
                statement.execute("CREATE DATABASE registry OWNER registry");
            }
            statement.execute("REVOKE ALL ON DATABASE registry FROM PUBLIC");
            statement.execute("GRANT CONNECT ON DATABASE registry TO registry_application, registry_auditor");
        } catch (SQLException e) {
            throw cannotPrepare(e);
        }
        try (Connection connection = connect(facts, ConnectionFacts.DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute(LOCKS_FOR_THE_OWNER_ALONE);
        } catch (SQLException e) {
            throw cannotPrepare(e);
        }
    }

    private static EmbeddedDatabaseException cannotPrepare(SQLException fault) {
        return new EmbeddedDatabaseException(
                "database: cannot prepare the embedded database: " + fault.getMessage(), fault);
    }

    /** Not by the drivers that the JVM knows: a container takes those away whenever an application was stopped. */
    private Connection connect(ConnectionFacts facts, String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setURL(facts.url(database));
        return source.getConnection(NAME, password);
    }

    private static void giveRole(Statement statement, String role, String password) throws SQLException {
        if (isMissing(statement, "SELECT 1 FROM pg_roles WHERE rolname = '" + role + "'")) {
            statement.execute("CREATE ROLE " + role + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
        }
        statement.execute("ALTER ROLE " + role + " PASSWORD '" + password + "'");
    }

    private static boolean isMissing(Statement statement, String query) throws SQLException {
        try (ResultSet row = statement.executeQuery(query)) {
            return !row.next();
        }
    }
}
