package com.laincloud.registry.lifecycle;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.EtcdWatch;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.SettingsAtStart;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Migration;
import com.laincloud.registry.database.embedded.EmbeddedPostgres;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;

/**
 * Brings the application up, in this order: settings, embedded database (unless {@code registry.database.url} names another),
 * migration, storage, the observers of {@link StartUp}, the watch on etcd. Then it says so in the system property
 * {@value #STATE}. What stops it on the way goes in one line into {@value #FAILURE}. The server itself does not treat a failed
 * start as a failure, so the program that started it reads these two.
 */
@Singleton
public class RegistryLifecycle {

    /** {@code up} once the application can answer; the launcher says {@code ending} when it is told to end. */
    public static final String STATE = "registry.state";

    /** Why the application cannot answer: one line, {@code key: fault}. */
    public static final String FAILURE = "registry.failure";

    private static final Logger LOGGER = Logger.getLogger(RegistryLifecycle.class.getName());

    private final Instance<CurrentSettings> settings;
    private final Instance<StorageDriver> storage;
    private final Instance<EtcdWatch> etcd;
    private final Instance<Presence> presence;
    private final Event<StartUp> startUp;
    private final Event<SettingsAtStart> atStart;
    private final AtomicReference<Optional<EmbeddedPostgres>> database = new AtomicReference<>(Optional.empty());

    @Inject
    public RegistryLifecycle(
            Instance<CurrentSettings> settings,
            Instance<StorageDriver> storage,
            Instance<EtcdWatch> etcd,
            Instance<Presence> presence,
            Event<StartUp> startUp,
            Event<SettingsAtStart> atStart) {
        this.settings = settings;
        this.storage = storage;
        this.presence = presence;
        this.startUp = startUp;
        this.etcd = etcd;
        this.atStart = atStart;
    }

    void start(@Observes @Initialized(ApplicationScoped.class) Object application) {
        try {
            Settings current = settings.get().get();
            settings.get().warnings().forEach(LOGGER::warning);
            if (current.database().address().url().isEmpty()) {
                startEmbeddedDatabase(current);
            }
            Migration migration = new Migration(ConfiguredDataSource.ofOwner(), new ConfiguredDataSource());
            migration.migrate();
            if (migration.servesAsOwner()) {
                LOGGER.info(
                        "the role that serves may do what the owner of the tables may, so that triggers alone keep the"
                                + " record as it is: database.owner.username can name another owner");
            }
            checkStorage();
            tellStartUp();
            atStart.fire(new SettingsAtStart(settings.get().effective()));
            etcd.get().start();
            System.setProperty(STATE, "up");
        } catch (RuntimeException e) {
            stopEmbeddedDatabase();
            System.setProperty(FAILURE, oneLine(e));
            throw e;
        }
    }

    /** What refuses the start leaves no instance behind that seems to be there. */
    private void tellStartUp() {
        try {
            startUp.fire(new StartUp());
        } catch (RuntimeException e) {
            presence.get().leave();
            throw e;
        }
    }

    void stop(@Observes @BeforeDestroyed(ApplicationScoped.class) Object application) {
        System.clearProperty(STATE);
        etcd.get().close();
        storage.get().close();
        stopEmbeddedDatabase();
    }

    /** Without room for uploads everything else still works, so that a full disk stops no pull. */
    private void checkStorage() {
        try {
            storage.get().check();
        } catch (StorageException e) {
            if (!e.isFull()) {
                throw e;
            }
            LOGGER.warning("uploads are refused: " + e.getMessage());
        }
    }

    private void startEmbeddedDatabase(Settings current) {
        EmbeddedPostgres started = current.storage().driver() == Storage.Driver.INMEMORY
                ? EmbeddedPostgres.startTemporary()
                : EmbeddedPostgres.start(current.database().directory());
        database.set(Optional.of(started));
        System.setProperty(
                ConfiguredDataSource.EMBEDDED_DIRECTORY, started.directory().toString());
    }

    private void stopEmbeddedDatabase() {
        database.getAndSet(Optional.empty()).ifPresent(EmbeddedPostgres::close);
    }

    /** The innermost cause tells the fault; what wraps it tells only that there is one. */
    private static String oneLine(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null && !isOurs(cause)) {
            cause = cause.getCause();
        }
        String message =
                isOurs(cause) || cause.getMessage() == null ? String.valueOf(cause.getMessage()) : cause.toString();
        return message.replace('\n', ' ');
    }

    private static boolean isOurs(Throwable cause) {
        return cause.getClass().getName().startsWith("com.laincloud.registry");
    }
}
