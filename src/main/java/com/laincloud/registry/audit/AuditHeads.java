package com.laincloud.registry.audit;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriver.Note;
import java.util.List;
import javax.sql.DataSource;

/**
 * The newest hashes of the chain, one a record, kept in the storage, out of reach of one to whom the database alone belongs. A
 * record that does not go on from them was rewritten, or restored from a dump: they stay then, until the storage is claimed.
 */
final class AuditHeads {

    private final DataSource database;
    private final StorageDriver storage;

    AuditHeads(DataSource database, StorageDriver storage) {
        this.database = database;
        this.storage = storage;
    }

    /** A line of the note: {@code event 42 9f86…}. */
    private record Head(String record, long number, String hash) {

        static Head of(String line) {
            String[] words = line.split(" ", 3);
            return new Head(words[0], Long.parseLong(words[1]), words[2]);
        }

        @Override
        public String toString() {
            return record + " " + number + " " + hash;
        }
    }

    /** The newest hashes of the database. */
    List<String> newest() {
        return Rows.query(
                database, """
                select distinct on (record) record, number, encode(hash, 'hex') from batch
                order by record, number desc""", row -> new Head(row.getString(1), row.getLong(2), row.getString(3)).toString());
    }

    /** The hashes in the storage that the chain must contain. */
    List<String> hashes() {
        return kept().stream().map(Head::hash).toList();
    }

    private List<Head> kept() {
        return storage.note(Note.AUDIT_HEADS).orElse("").lines().map(Head::of).toList();
    }

    /**
     * Keeps the newest hashes, if the chain contains those that are kept.
     *
     * @return the lines of those that it does not contain
     */
    List<String> keep() {
        List<String> lost = kept().stream()
                .filter(head -> !isThere(head))
                .map(Head::toString)
                .toList();
        if (lost.isEmpty()) {
            storage.write(Note.AUDIT_HEADS, String.join("\n", newest()) + "\n");
        }
        return lost;
    }

    private boolean isThere(Head head) {
        return !Rows.query(
                        database,
                        "select true from batch where record = ? and number = ? and encode(hash, 'hex') = ?",
                        row -> row.getBoolean(1),
                        head.record(),
                        head.number(),
                        head.hash())
                .isEmpty();
    }
}
