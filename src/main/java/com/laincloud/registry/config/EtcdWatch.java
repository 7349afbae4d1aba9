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
 * answer changes nothing: the settings stay, and it is asked until it does.
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
        Optional<Etcd> etcd = ContainerSettingValues.etcdOf(config).flatMap(EtcdSource::etcd);
        if (etcd.isPresent()) {
            Thread watch = threads.newThread(() -> follow(etcd.get()));
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

    private void follow(Etcd etcd) {
        Outage outage = new Outage();
        while (!closed.get()) {
            try (EtcdClient client = etcd.cluster().connect(LONGEST_WAIT)) {
                while (!closed.get()) {
                    EtcdKeys keys = client.read(etcd.roots(), LONGEST_WAIT);
                    outage.end();
                    changes.apply(keys, etcd);
                    Thread.sleep(BETWEEN_READS);
                    client.awaitChange(etcd.roots(), keys.index(), LONGEST_WAIT);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (EtcdException e) {
                outage.goOn(e);
            } catch (RuntimeException e) {
                LOGGER.log(Level.SEVERE, "following etcd failed, and begins again", e);
                outage.goOn(e);
            }
        }
    }

    /** That etcd is away is told once, and that it is back. */
    private final class Outage {

        private Duration pause = SHORTEST_PAUSE;
        private boolean isTold;

        void goOn(RuntimeException cause) {
            if (closed.get()) {
                return;
            }
            if (!isTold) {
                LOGGER.warning(
                        () -> "etcd does not answer (" + cause.getMessage() + "): the settings stay as they are");
                isTold = true;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }

        void end() {
            if (isTold) {
                LOGGER.info("etcd answers again");
            }
            isTold = false;
            pause = SHORTEST_PAUSE;
        }
    }
}
