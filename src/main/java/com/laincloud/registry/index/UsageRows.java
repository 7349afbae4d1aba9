package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Rows;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import javax.sql.DataSource;

/** How many bytes the repositories of a namespace hold. */
@Singleton
public class UsageRows {

    private final DataSource database;
    private final Lookup<Long> bytes;
    private final Lookup<Boolean> isChanged;

    @Inject
    public UsageRows(DataSource database) {
        this.database = database;
        this.bytes = new Lookup<>(database, """
                select coalesce((select bytes from usage where namespace = asked), 0)
                     + coalesce((
                           select sum(bytes)
                           from (select repository_id, sum(bytes) as bytes from usage_change group by repository_id) as c
                           where asked = any(namespaces((select name from repository where id = repository_id)))), 0)
                from cast(? as text) as asked""", row -> row.getLong(1));
        this.isChanged =
                new Lookup<>(database, "select true from usage_change order by id limit 1", row -> row.getBoolean(1));
    }

    /** How many bytes the blobs are that the repositories of a namespace show, each once in each repository. */
    public long bytes(String namespace) {
        return bytes.first(namespace).orElse(0L);
    }

    /** Whether there is anything to add up. */
    public boolean isChanged() {
        return isChanged.first().isPresent();
    }

    /**
     * Adds up what has changed, a part of it, in a transaction of its own.
     *
     * @return how many changes there were; none: all are added up
     */
    public long fold() {
        return Rows.query(database, "select fold_usage()", row -> row.getLong(1))
                .getFirst();
    }
}
