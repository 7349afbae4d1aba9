package com.laincloud.registry.config;

import java.util.Optional;

/**
 * Where the database is, and as whom to connect.
 *
 * @param url empty for the embedded one
 */
public record DatabaseAddress(Optional<String> url, Optional<String> username, Optional<String> password) {

    @Override
    public String toString() {
        return "DatabaseAddress[url=" + url + ", username=" + username + "]";
    }

    /** Reads {@code database.*} alone: another setting that is wrong by now is no reason to have no connections. */
    public static DatabaseAddress read(SettingValues values) {
        SettingReader reader = new SettingReader(values);
        return new DatabaseAddress(
                reader.text("database.url"), reader.text("database.username"), reader.text("database.password"));
    }
}
