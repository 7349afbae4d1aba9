package com.laincloud.registry.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.database.Rows;
import jakarta.annotation.Priority;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The row of {@code instance} by which others see that this process serves, and with which settings. It says so every ten seconds
 * and when it begins, and takes the row with it when it ends; a database that is away is told again the next time.
 */
@Singleton
public class Presence {

    private static final System.Logger LOG = System.getLogger(Presence.class.getName());
    private static final long SECONDS = 10;

    private final UUID id = UUID.randomUUID();
    private final DataSource database;
    private final Supplier<Map<String, String>> settings;
    private final String version;
    private Map<String, String> told = Map.of();
    private boolean isEnded;
    private @Nullable Future<?> telling;

    @Inject
    public Presence(DataSource database, CurrentSettings settings) {
        this(database, settings::shared, version());
    }

    /** @param settings those that are to be the same on all instances */
    Presence(DataSource database, Supplier<Map<String, String>> settings, String version) {
        this.database = database;
        this.settings = settings;
        this.version = version;
    }

    private static String version() {
        try (InputStream built = Presence.class.getResourceAsStream("version.txt")) {
            return built == null ? "unknown" : new String(built.readAllBytes(), UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Before the storage is asked whose it is: who changes that looks here first. */
    void start(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE + 100) StartUp startUp,
            ManagedScheduledExecutorService scheduler) {
        tell();
        telling = scheduler.scheduleWithFixedDelay(this::tellIfPossible, SECONDS, SECONDS, TimeUnit.SECONDS);
    }

    void stop(
            @Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) @BeforeDestroyed(ApplicationScoped.class)
                    Object application) {
        leave();
    }

    /** Says it no more, and takes the row away. */
    void leave() {
        if (telling != null) {
            telling.cancel(false);
        }
        try {
            end();
        } catch (RuntimeException e) { // the row is not seen any more, and goes by itself
            LOG.log(Level.DEBUG, "the row of this instance stays", e);
        }
    }

    private void tellIfPossible() {
        try {
            tell();
        } catch (RuntimeException e) { // whatever it was: the next time must come
            LOG.log(Level.DEBUG, "the row of this instance cannot be written", e);
        }
    }

    /** Says that this instance is there, and with which settings where they are other ones than the last time. */
    synchronized void tell() {
        if (isEnded) {
            return;
        }
        Map<String, String> shared = settings.get();
        if (shared.equals(told) && isSeen()) {
            return;
        }
        Rows.query(
                database,
                """
                insert into instance (id, server, version, settings) values (?, ?, ?, jsonb_object(?, ?))
                on conflict (id) do update set settings = excluded.settings, seen_at = now() returning true""",
                row -> true,
                id,
                System.getenv("HOSTNAME"),
                version,
                shared.keySet().toArray(String[]::new),
                shared.values().toArray(String[]::new));
        told = shared;
    }

    /** Instances that ended without a word a day ago go with it. */
    private boolean isSeen() {
        return !Rows.query(database, """
                        with gone as (delete from instance where seen_at < now() - interval '1 day')
                        update instance set seen_at = now() where id = ? returning true""", row -> true, id).isEmpty();
    }

    synchronized void end() {
        isEnded = true;
        Rows.query(database, "delete from instance where id = ? returning true", row -> true, id);
    }
}
