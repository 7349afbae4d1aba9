package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Computes the chain of hashes again, from the rows as they are, in one transaction. It names each batch whose rows are not
 * the ones that were sealed.
 */
public final class RecordCheck {

    private final Connection connection;
    private final Consumer<String> report;
    private long problems;

    /**
     * @param connection in a transaction that sees one state of the database
     * @param report takes lines for people
     */
    public RecordCheck(Connection connection, Consumer<String> report) {
        this.connection = connection;
        this.report = report;
    }

    /** @param month null for what has no months */
    private record Batch(
            String record,
            long number,
            @Nullable String month,
            boolean isDropped,
            long rows,
            int epoch,
            String transaction,
            String previous,
            String hash,
            String sealedAt) {

        String name() {
            return record + " batch " + number + (month == null ? "" : " (" + month.substring(0, 7) + ")")
                    + ", sealed at " + sealedAt;
        }
    }

    private record Sealed(long rows, String hash) {}

    /**
     * Checks the record.
     *
     * @param heads hashes that were kept elsewhere, which the chain must still contain
     * @return whether nothing was changed since it was sealed
     */
    public boolean run(List<String> heads) throws SQLException {
        List<String> missing = new ArrayList<>(heads);
        for (String record : List.of("event", "denial", "config_change", "retention_decision")) {
            check(record, missing);
        }
        for (String head : missing) {
            tell("the chain does not contain the head " + head + ": what it stood for was rewritten");
        }
        checkClients();
        return problems == 0;
    }

    private void check(String record, List<String> missing) throws SQLException {
        Map<String, Batch> lastOfMonth = new HashMap<>();
        Batch before = null;
        long rows = 0;
        for (Batch batch : batches(record)) {
            boolean follows = batch.number() == (before == null ? 1 : before.number() + 1)
                    && batch.previous().equals(before == null ? "" : before.hash());
            if (!follows) {
                tell(batch.name() + ": a batch before it was changed or is missing");
            }
            Batch lower = lastOfMonth.put(String.valueOf(batch.month()), batch);
            if (batch.isDropped()) {
                report.accept(batch.name() + ": its month was dropped, with " + batch.rows() + " rows");
            } else if (!isAsSealed(batch, lower)) {
                tell(batch.name() + ": its " + batch.rows() + " rows are not the ones that were sealed");
            }
            missing.remove(batch.hash());
            rows += batch.rows();
            before = batch;
        }
        report.accept(record + ": " + rows + " rows in " + (before == null ? 0 : before.number()) + " batches, head "
                + (before == null ? "none" : before.hash()));
    }

    private List<Batch> batches(String record) throws SQLException {
        return Rows.query(
                connection,
                """
                select record, number, month::text,
                       exists (select from dropped_month d where d.month = batch.month and d.last_batch >= batch.number),
                       rows, epoch, tx::text, encode(previous, 'hex'), encode(hash, 'hex'), sealed_at::timestamptz(0)::text
                from batch where record = ? order by number""",
                row -> new Batch(
                        row.getString(1),
                        row.getLong(2),
                        row.getString(3),
                        row.getBoolean(4),
                        row.getLong(5),
                        row.getInt(6),
                        row.getString(7),
                        row.getString(8),
                        row.getString(9),
                        row.getString(10)),
                record);
    }

    private boolean isAsSealed(Batch batch, @Nullable Batch lower) throws SQLException {
        Sealed now = Rows.query(
                        connection,
                        """
                select count, encode(sha256(decode(?, 'hex') || coalesce(hashes, '')), 'hex')
                from sealable(?, ?::date, ?::smallint, ?::xid8, ?::smallint, ?::xid8)""",
                        row -> new Sealed(row.getLong(1), row.getString(2)),
                        batch.previous(),
                        batch.record(),
                        batch.month(),
                        lower == null ? -1 : lower.epoch(),
                        lower == null ? "0" : lower.transaction(),
                        batch.epoch(),
                        batch.transaction())
                .getFirst();
        return now.rows() == batch.rows() && now.hash().equals(batch.hash());
    }

    /** Events hold the hash of what a client calls itself. */
    private void checkClients() throws SQLException {
        Rows.query(connection, """
                select id from client where id is distinct from client_id(user_agent)
                union
                select e.client from event e
                where e.client is not null and not exists (select from client c where c.id = e.client)""", row -> row.getString(1))
                .forEach(client -> tell("client " + client + ": what it called itself was changed or is missing"));
    }

    private void tell(String problem) {
        problems++;
        report.accept(problem);
    }
}
