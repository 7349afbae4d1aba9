package com.laincloud.registry.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Rows;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** What clients call themselves: a row for each text, to which events refer. */
@Singleton
class Clients {

    private static final int MAX_LENGTH = 512;
    private static final int MAX_REMEMBERED = 1024;
    private static final int PATIENCE_SECONDS = 10;

    private final DataSource database;
    private final Cache<String, Boolean> known =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    @Inject
    Clients() {
        this(ConfiguredDataSource.withPatience(PATIENCE_SECONDS));
    }

    /** @param database which is no pool */
    Clients(DataSource database) {
        this.database = database;
    }

    /**
     * Sees to it that there is a row of a text. A new one is committed at once, on a connection of its own: in the caller's
     * transaction, two that met at it and at a tag would wait for each other.
     *
     * @throws DatabaseException if the database cannot answer
     */
    void require(@Nullable String userAgent) {
        String text = shortened(userAgent);
        if (text != null && known.getIfPresent(text) == null) {
            add(text);
        }
    }

    /** One at a time, so that clients with ever new names take no more than one connection. */
    private synchronized void add(String text) {
        if (known.getIfPresent(text) != null) {
            return;
        }
        try (Connection connection = database.getConnection()) {
            Rows.update(
                    connection,
                    "insert into client (id, user_agent) values (client_id(?), ?) on conflict (id) do nothing",
                    text,
                    text);
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer", e);
        }
        known.put(text, true);
    }

    /** What a client calls itself, as far as the database takes it. */
    static @Nullable String shortened(@Nullable String text) {
        return text == null
                ? null
                : text.substring(0, Math.min(text.length(), MAX_LENGTH)).replace('\0', '?');
    }
}
