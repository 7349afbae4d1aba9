package com.laincloud.registry.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the index lies.
 *
 * @param url the JDBC address of a PostgreSQL server; without one, the registry runs its own
 * @param directory where its own keeps its data
 */
public record Database(Optional<String> url, Optional<String> username, Optional<String> password, Path directory) {

    @Override
    public String toString() {
        return "Database[url=" + url + ", username=" + username + ", directory=" + directory + "]";
    }
}
