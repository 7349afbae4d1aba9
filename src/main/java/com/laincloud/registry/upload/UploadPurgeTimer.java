package com.laincloud.registry.upload;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.config.UploadPurging;
import jakarta.annotation.Priority;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * When uploads are purged: after every interval, and for the first time somewhere within it, but within an hour, so that
 * instances that start together do not purge together. The settings are asked each time.
 */
@Singleton
class UploadPurgeTimer {

    /** When everything else is up, and before anything else goes down. */
    private static final int LAST_AT_START = Interceptor.Priority.LIBRARY_AFTER;

    private static final int FIRST_AT_END = Interceptor.Priority.LIBRARY_BEFORE;

    private static final System.Logger LOG = System.getLogger(UploadPurgeTimer.class.getName());
    private static final Duration LONGEST_FIRST_DELAY = Duration.ofHours(1);

    private final ManagedScheduledExecutorService scheduler;
    private final CurrentSettings settings;
    private final UploadPurge purge;
    private final AtomicReference<@Nullable Future<?>> next = new AtomicReference<>();
    private volatile boolean over;

    @Inject
    UploadPurgeTimer(ManagedScheduledExecutorService scheduler, CurrentSettings settings, UploadPurge purge) {
        this.scheduler = scheduler;
        this.settings = settings;
        this.purge = purge;
    }

    void start(@Observes @Priority(LAST_AT_START) @Initialized(ApplicationScoped.class) Object application) {
        Duration interval = purging().interval();
        Duration longest = interval.compareTo(LONGEST_FIRST_DELAY) < 0 ? interval : LONGEST_FIRST_DELAY;
        schedule(ThreadLocalRandom.current().nextLong(longest.toMillis() + 1));
    }

    void stop(@Observes @Priority(FIRST_AT_END) @BeforeDestroyed(ApplicationScoped.class) Object application) {
        over = true;
        Future<?> pending = next.getAndSet(null);
        if (pending != null) {
            pending.cancel(false);
        }
    }

    private UploadPurging purging() {
        return settings.get().storage().uploadPurging();
    }

    private void schedule(long delayMillis) {
        if (!over) {
            next.set(scheduler.schedule(this::run, delayMillis, TimeUnit.MILLISECONDS));
        }
    }

    private void run() {
        try {
            Storage storage = settings.get().storage();
            if (storage.uploadPurging().enabled() && !storage.readOnly()) {
                purge.run(storage.uploadPurging(), () -> over);
            }
        } catch (RuntimeException e) {
            if (!over) {
                LOG.log(Level.ERROR, "uploads cannot be purged now", e);
            }
        } finally {
            schedule(purging().interval().toMillis());
        }
    }
}
