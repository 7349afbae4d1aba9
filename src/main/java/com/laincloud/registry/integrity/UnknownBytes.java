package com.laincloud.registry.integrity;

import com.laincloud.registry.database.ConnectionTransaction;
import com.laincloud.registry.index.IntegrityFault;
import com.laincloud.registry.index.IntegrityRows;
import com.laincloud.registry.index.IntegrityRows.Found;
import com.laincloud.registry.integrity.IntegrityCheck.Repair;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks for bytes that no row knows among those that the storage has, and has them deleted where that is asked for. */
record UnknownBytes(StorageDriver storage, Repair repair) {

    private static final int WEEK = 7;

    /**
     * What no row knows.
     *
     * @param going what the next collection deletes
     */
    record Page(List<StoredKey> going, List<StoredKey> staying) {}

    /**
     * Looks at a page of what was listed. Bytes that went between the listing and the question are not unknown; those that are
     * still there afterwards are. Of what docker/distribution wrote nothing is unknown: manifests lie there as blobs do, and
     * stay as they are.
     */
    Page look(Connection connection, List<StoredKey> page) throws SQLException {
        Map<StorageKey, StoredKey> listed = page.stream()
                .filter(stored -> stored.key().upload().isPresent())
                .collect(Collectors.toMap(
                        StoredKey::key, Function.identity(), (first, second) -> first, LinkedHashMap::new));
        Map<StorageKey, Long> there = new LinkedHashMap<>();
        for (StorageKey key : ConnectionTransaction.run(
                connection, transaction -> new IntegrityRows(transaction).unknown(sizes(listed)))) {
            storage.size(key).ifPresent(bytes -> there.put(key, bytes));
        }
        if (there.isEmpty()) {
            return new Page(List.of(), List.of());
        }
        List<StorageKey> going = repair == Repair.NOTHING
                ? List.of()
                : ConnectionTransaction.run(
                        connection,
                        transaction ->
                                new IntegrityRows(transaction).purge(there, repair == Repair.EVERYTHING ? 0 : WEEK));
        List<StorageKey> staying = ConnectionTransaction.run(connection, transaction -> note(transaction, there));
        return new Page(stored(listed, going), stored(listed, staying));
    }

    private static Map<StorageKey, Long> sizes(Map<StorageKey, StoredKey> listed) {
        Map<StorageKey, Long> sizes = new LinkedHashMap<>();
        listed.forEach((key, stored) -> sizes.put(key, stored.size()));
        return sizes;
    }

    private static List<StorageKey> note(Connection transaction, Map<StorageKey, Long> there) throws SQLException {
        IntegrityRows rows = new IntegrityRows(transaction);
        List<StorageKey> unknown = rows.unknown(there);
        rows.note(
                IntegrityFault.UNKNOWN_BYTES,
                unknown.stream()
                        .map(key -> new Found(key.path(), there.getOrDefault(key, 0L)))
                        .toList());
        return unknown;
    }

    private static List<StoredKey> stored(Map<StorageKey, StoredKey> listed, List<StorageKey> keys) {
        return listed.values().stream()
                .filter(stored -> keys.contains(stored.key()))
                .toList();
    }

    /** What is said of bytes that no row knows. */
    static String line(StoredKey stored) {
        return "no row knows " + stored.key() + " of " + stored.size() + " bytes, written at " + stored.written();
    }
}
