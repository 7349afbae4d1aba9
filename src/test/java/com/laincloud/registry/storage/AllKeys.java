package com.laincloud.registry.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys of a storage, asked for in pages that are soon full. */
public final class AllKeys {

    private static final int PAGE = 7;

    private AllKeys() {}

    public static List<StorageKey> of(StorageDriver storage) {
        return stored(storage).stream().map(StoredKey::key).toList();
    }

    static List<StoredKey> stored(StorageDriver storage) {
        List<StoredKey> keys = new ArrayList<>();
        List<StoredKey> page = storage.keys(Optional.empty(), PAGE);
        while (!page.isEmpty()) {
            keys.addAll(page);
            page = storage.keys(Optional.of(page.getLast().key()), PAGE);
        }
        return keys;
    }
}
