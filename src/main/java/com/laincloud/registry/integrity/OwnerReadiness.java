package com.laincloud.registry.integrity;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Clock;
import java.time.Duration;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The storage is still the one of the database, as it was at the start: a share may be unmounted while the registry runs. What was
 * found stands for some seconds. Where one of the two cannot be asked, that is for its own check to say.
 */
@Readiness
@Singleton
public class OwnerReadiness implements HealthCheck {

    private static final System.Logger LOG = System.getLogger(OwnerReadiness.class.getName());
    private static final Duration VALIDITY = Duration.ofSeconds(5);
    private static final HealthCheckResponse UP = HealthCheckResponse.up("storage-identity");

    private final Instance<CurrentSettings> settings;
    private final Instance<DataSource> database;
    private final Instance<StorageDriver> storage;
    private final Clock clock = Clock.systemUTC();
    private long foundAt;
    private HealthCheckResponse last = UP;

    @Inject
    public OwnerReadiness(
            Instance<CurrentSettings> settings, Instance<DataSource> database, Instance<StorageDriver> storage) {
        this.settings = settings;
        this.database = database;
        this.storage = storage;
    }

    @Override
    public synchronized HealthCheckResponse call() {
        if (clock.millis() - foundAt > VALIDITY.toMillis()) {
            HealthCheckResponse.Status before = last.getStatus();
            last = check();
            foundAt = clock.millis();
            if (before == HealthCheckResponse.Status.UP && last.getStatus() == HealthCheckResponse.Status.DOWN) {
                LOG.log(Level.ERROR, String.valueOf(last.getData().orElseThrow().get("reason")));
            }
        }
        return last;
    }

    private HealthCheckResponse check() {
        Storage configured = settings.get().get().storage();
        if (!configured.driver().outlivesRegistry() || configured.readOnly()) {
            return UP; // nothing was required at the start either
        }
        try {
            new StorageIdentity(database.get(), storage.get()).requireStill();
            return UP;
        } catch (DatabaseException | StorageException e) {
            return last;
        } catch (IllegalStateException e) {
            return HealthCheckResponse.named("storage-identity")
                    .down()
                    .withData("reason", String.valueOf(e.getMessage()))
                    .build();
        }
    }
}
