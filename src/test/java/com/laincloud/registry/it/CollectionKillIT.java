package com.laincloud.registry.it;

import java.util.Map;

/** Collections of files that are killed. */
@Alone
class CollectionKillIT extends CollectionKillContract {

    @Override
    Map<String, String> storage() {
        return Map.of("REGISTRY_STORAGE", "filesystem");
    }
}
