package com.laincloud.registry.adoption;

import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;

/** A repository's row, created by the first thing that is imported to it. */
record IndexedRepository(long id, RepositoryName name) {

    static IndexedRepository of(Connection connection, RepositoryName name) throws SQLException {
        Rows.update(connection, "insert into repository (name) values (?) on conflict do nothing", name.value());
        long id = Rows.query(
                        connection, "select id from repository where name = ?", row -> row.getLong(1), name.value())
                .getFirst();
        return new IndexedRepository(id, name);
    }
}
