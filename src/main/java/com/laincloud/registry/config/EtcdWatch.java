package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdClient;
import com.laincloud.registry.etcd.EtcdException;
import com.laincloud.registry.etcd.EtcdKeys;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * Follows etcd while the registry runs. Whenever something changes there, everything is read again. An etcd that does not
 * answer, or has lost its keys ({@link EtcdLoss}), changes nothing: the settings stay, and it is asked until it has them.
 */
@Singleton
public class EtcdWatch {

    private static final Logger LOGGER = Logger.getLogger(EtcdWatch.class.getName());

    /** A change that no event tells of, because a connection died without a word, is noticed after this. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** Keys that change all the time are not read all the time. */
    private static final Duration BETWEEN_READS = Duration.ofMillis(50);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

    private final Config config;
    private final EtcdChanges changes;
    private final ManagedThreadFactory threads;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicReference<@Nullable Thread> thread = new AtomicReference<>();

    @Inject
    public EtcdWatch(Config config, EtcdChanges changes, ManagedThreadFactory threads) {
        this.config = config;
        this.changes = changes;
        this.threads = threads;
    }

    /** Begins, if settings come from etcd. */
    public void start() {
        Optional<EtcdSource> source = ContainerSettingValues.etcdOf(config)
                .filter(found -> found.etcd().isPresent());
        if (source.isPresent()) {
            Thread watch = threads.newThread(() -> follow(source.get()));
            watch.setName("etcd-watch");
            thread.set(watch);
            watch.start();
        }
    }

    /** Ends; nothing changes any more. */
    public void close() {
        closed.set(true);
        Thread watch = thread.getAndSet(null);
        if (watch != null) {
            watch.interrupt();
        }
    }

    private void follow(EtcdSource source) {
        Outage outage = new Outage();
        while (!closed.get()) {
            Etcd etcd = source.etcd().orElseThrow(); // over v2 or v3 as before, whatever its version is now
            try (EtcdClient client = etcd.cluster().connect(LONGEST_WAIT)) {
                while (!closed.get()) {
                    EtcdKeys keys = EtcdLoss.read(etcd, client, LONGEST_WAIT, source.keys());
                    outage.end();
                    changes.apply(keys, etcd);
                    Thread.sleep(BETWEEN_READS);
                    client.awaitChange(etcd.roots(), keys.index(), LONGEST_WAIT);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (EtcdLossException e) {
                if (e.isCertain() || outage.isOf(EtcdLossException.class)) {
                    source.distrust();
                }
                outage.goOn(e, e.getMessage() + ", the settings stay as they are");
            } catch (EtcdException e) {
                outage.goOn(e, "etcd does not answer (" + e.getMessage() + "): the settings stay as they are");
            } catch (RuntimeException e) {
                LOGGER.log(Level.SEVERE, "following etcd failed, and begins again", e);
                outage.goOn(e, "etcd does not answer (" + e.getMessage() + "): the settings stay as they are");
            }
        }
    }

    /** That etcd is away, or has lost its keys, is told once each, and that it is back. */
    private final class Outage {

        private Duration pause = SHORTEST_PAUSE;
        private Optional<Class<?>> told = Optional.empty();

        void goOn(RuntimeException cause, String message) {
            if (closed.get()) {
                return;
            }
            if (!told.equals(Optional.of(cause.getClass()))) {
                LOGGER.warning(message);
                told = Optional.of(cause.getClass());
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }

        boolean isOf(Class<?> cause) {
            return told.equals(Optional.of(cause));
        }

        void end() {
            if (told.isPresent()) {
                LOGGER.info("etcd answers again");
            }
            told = Optional.empty();
            pause = SHORTEST_PAUSE;
        }
    }
}
