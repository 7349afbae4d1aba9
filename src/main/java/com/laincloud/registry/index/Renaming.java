package com.laincloud.registry.index;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.RepositoryName;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gives repositories other names, in the caller's transaction. A push that brings something new to one at this moment is waited for;
 * one that has looked for the repository before is recorded under the name that it had then.
 */
public final class Renaming {

    private final Connection connection;

    public Renaming(Connection connection) {
        this.connection = connection;
    }

    /** The names of a repository, if it is there, or of all below a path; they are locked. */
    public List<RepositoryName> lock(String name, boolean isPath) throws SQLException {
        return Rows.query(
                connection,
                isPath
                        ? "select name from repository where name >= ? || '/' and name < ? || '0' order by name for update"
                        : "select name from repository where name = ? and name = ? for update",
                row -> new RepositoryName(row.getString(1)),
                name,
                name);
    }

    /** Which of some names belong to repositories, or to the pulls of one that was renamed not long ago. */
    public List<String> taken(List<RepositoryName> names, List<RepositoryName> renamed) throws SQLException {
        return Rows.query(
                connection,
                """
                select name || ' is there' from repository where name = any(?::text[])
                union all
                select a.name || ' still leads to ' || r.name || ', until ' || a.until::timestamptz(0)
                from repository_alias a join repository r on r.id = a.repository_id
                where a.name = any(?::text[]) and a.until > now() and not r.name = any(?::text[])
                order by 1""",
                row -> row.getString(1),
                Rows.texts(connection, names, RepositoryName::value),
                Rows.texts(connection, names, RepositoryName::value),
                Rows.texts(connection, renamed, RepositoryName::value));
    }

    /** Whether a repository got its name after a moment. */
    public static boolean wasSince(Connection connection, RepositoryName name, Instant moment) throws SQLException {
        return !Rows.query(
                        connection,
                        "select true from renaming where name = ? and renamed_at > ?::timestamptz limit 1",
                        row -> row.getBoolean(1),
                        name.value(),
                        moment.toString())
                .isEmpty();
    }

    /** Whether a tree is being adopted, whose directories have the old names; none is begun until the transaction ends. */
    public boolean isAdopting() throws SQLException {
        Rows.update(connection, "set local lock_timeout = '5s'");
        Rows.update(connection, "lock table adoption in share row exclusive mode");
        return !Rows.query(
                        connection,
                        "select true from adoption where finished_at is null limit 1",
                        row -> row.getBoolean(1))
                .isEmpty();
    }

    /**
     * Renames.
     *
     * @param names from the old ones to the new ones; the former are locked, the latter are free
     * @param alias for how long pulls by the old names are served
     * @return when, for all of them
     */
    public Instant rename(Map<RepositoryName, RepositoryName> names, Duration alias) throws SQLException {
        List<Map.Entry<RepositoryName, RepositoryName>> pairs = new ArrayList<>(names.entrySet());
        Object[] columns = {
            Rows.texts(connection, pairs, Map.Entry::getKey), Rows.texts(connection, pairs, Map.Entry::getValue)
        };
        Rows.update(connection, """
                insert into usage as u (namespace, bytes)
                select place, sum(moved.bytes)
                from unnest(?::text[], ?::text[]) as pair (previous, next)
                join usage held on held.namespace = pair.previous and held.bytes <> 0
                cross join lateral (values (pair.previous, -held.bytes), (pair.next, held.bytes)) as moved (name, bytes)
                cross join lateral unnest(namespaces(moved.name)) as place
                group by place order by place
                on conflict (namespace) do update set bytes = u.bytes + excluded.bytes""", columns);
        Rows.update(connection, "delete from repository_alias where name = any(?::text[])", columns[1]);
        Rows.update(connection, """
                insert into repository_alias (name, repository_id, until)
                select previous, (select id from repository where name = previous), now() + make_interval(secs => ?)
                from unnest(?::text[], ?::text[]) as pair (previous, next)
                on conflict (name) do update set repository_id = excluded.repository_id, until = excluded.until""", alias.toSeconds(), columns[0], columns[1]);
        Rows.update(connection, """
                update repository set name = pair.next
                from unnest(?::text[], ?::text[]) as pair (previous, next) where name = pair.previous""", columns);
        return Rows.query(connection, """
                        with moment as materialized (select clock_timestamp() as now), noted as (
                            insert into renaming (previous, name, renamed_at)
                            select previous, next, now
                            from unnest(?::text[], ?::text[]) as pair (previous, next), moment)
                        select now from moment""", row -> row.getTimestamp(1).toInstant(), columns)
                .getFirst();
    }
}
