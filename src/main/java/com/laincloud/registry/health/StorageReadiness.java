package com.laincloud.registry.health;

import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * The storage can be written to and read from. What was found stands for some seconds, so that asking often costs nothing: a
 * check writes. A storage without room is ready, because everything but uploads goes on; it is told apart in the answer.
 */
@Readiness
@Singleton
public class StorageReadiness implements HealthCheck {

    private static final Duration VALIDITY = Duration.ofSeconds(5);

    private final Instance<StorageDriver> storage;
    private final Clock clock = Clock.systemUTC();
    private Instant found = Instant.EPOCH;
    private HealthCheckResponse last = HealthCheckResponse.down("storage");

    @Inject
    public StorageReadiness(Instance<StorageDriver> storage) {
        this.storage = storage;
    }

    @Override
    public synchronized HealthCheckResponse call() {
        if (found.plus(VALIDITY).isBefore(clock.instant())) {
            last = check();
            found = clock.instant(); // after it, so that those who waited for one that took long do not each make
            // another
        }
        return last;
    }

    private HealthCheckResponse check() {
        try {
            storage.get().check();
            return HealthCheckResponse.named("storage")
                    .up()
                    .withData("full", false)
                    .build();
        } catch (StorageException e) {
            return HealthCheckResponse.named("storage")
                    .status(e.isFull())
                    .withData("full", e.isFull())
                    .build();
        }
    }
}
