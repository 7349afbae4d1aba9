package com.laincloud.registry.config;

import java.util.Optional;

/**
 * Where the database is, and as whom to connect.
 *
 * @param url the JDBC address of a PostgreSQL server; empty for the embedded one
 * @param account of the role that serves
 * @param owner of the role that the schema belongs to; the same as {@code account} unless the settings name another
 */
public record DatabaseAddress(Optional<String> url, Account account, Account owner) {

    /** A role of the database; without a name, the one that the address or the system says. */
    public record Account(Optional<String> username, Optional<String> password) {

        /** Leaves the password out. */
        @Override
        public String toString() {
            return "Account[username=" + username + "]";
        }
    }

    /** Reads {@code database.*} alone: another setting that is wrong by now is no reason to have no connections. */
    public static DatabaseAddress read(SettingValues values) {
        return read(new SettingReader(values));
    }

    static DatabaseAddress read(SettingReader reader) {
        Optional<String> url = reader.text("database.url");
        Account account = new Account(reader.text("database.username"), reader.text("database.password"));
        Account owner = new Account(reader.text("database.owner.username"), reader.text("database.owner.password"));
        if (owner.username().isEmpty()) {
            return new DatabaseAddress(url, account, account);
        }
        if (url.isEmpty()) {
            throw new InvalidSettingException(
                    "database.owner.username: has no meaning without database.url: the registry's own database has an owner");
        }
        return new DatabaseAddress(url, account, owner);
    }
}
