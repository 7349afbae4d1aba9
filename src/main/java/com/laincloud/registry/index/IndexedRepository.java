package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** A repository's row, for batches on a connection of their own. */
public record IndexedRepository(long id, RepositoryName name) {

    /** The row of a repository, which is created if it is not there. */
    public static IndexedRepository of(Connection connection, RepositoryName name) throws SQLException {
        Rows.update(connection, "insert into repository (name) values (?) on conflict do nothing", name.value());
        long id = Rows.query(
                        connection, "select id from repository where name = ?", row -> row.getLong(1), name.value())
                .getFirst();
        return new IndexedRepository(id, name);
    }

    /** The row of a repository, if it is there. */
    public static Optional<IndexedRepository> find(Connection connection, RepositoryName name) throws SQLException {
        return Rows.query(
                        connection,
                        "select id from repository where name = ?",
                        row -> new IndexedRepository(row.getLong(1), name),
                        name.value())
                .stream()
                .findFirst();
    }

    /** What repositories were called that were renamed. */
    public static List<String> formerNames(Connection connection) throws SQLException {
        return Rows.query(connection, "select distinct previous from renaming", row -> row.getString(1));
    }

    /** Whether a repository that was renamed was called so. */
    public static boolean isFormerName(Connection connection, RepositoryName name) throws SQLException {
        return !Rows.query(
                        connection,
                        "select true from renaming where previous = ? limit 1",
                        row -> row.getBoolean(1),
                        name.value())
                .isEmpty();
    }

    /** Whether there is any repository. */
    public static boolean isAny(Connection connection) throws SQLException {
        return !Rows.query(connection, "select id from repository limit 1", row -> row.getLong(1))
                .isEmpty();
    }
}
