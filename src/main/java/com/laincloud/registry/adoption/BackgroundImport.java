package com.laincloud.registry.adoption;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.lifecycle.StartUp;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.BeforeDestroyed;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Brings every pass over the tree to its end while the server runs: begins one by itself where the index is empty and the
 * tree is not, and goes on with one whose process is gone.
 */
@Singleton
public class BackgroundImport {

    private static final System.Logger LOG = System.getLogger(BackgroundImport.class.getName());
    private static final Duration PACE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofSeconds(30);
    private static final int BEFORE_OTHERS = 1000;
    private static final Duration STOP_LIMIT = Duration.ofSeconds(3);

    private final CurrentSettings settings;
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<Optional<Import>> running = new AtomicReference<>(Optional.empty());
    private final AtomicReference<Optional<Thread>> thread = new AtomicReference<>(Optional.empty());

    @Inject
    public BackgroundImport(CurrentSettings settings) {
        this.settings = settings;
    }

    void start(@Observes StartUp startUp) {
        Storage storage = settings.get().storage();
        DistributionTree tree = new DistributionTree(storage.rootDirectory());
        if (storage.driver() != Storage.Driver.FILESYSTEM || !tree.isPresent()) {
            return;
        }
        try (Transactions transactions = new Transactions(new ConfiguredDataSource(), 1)) {
            if (new Adoptions(transactions).beginOnEmptyIndex()) {
                LOG.log(
                        Level.INFO,
                        "import: the tree in " + storage.rootDirectory() + " is being indexed; until then,"
                                + " what is not indexed yet is looked up in it");
            }
        }
        Thread started = Thread.ofPlatform().daemon().name("import").unstarted(() -> watch(tree));
        thread.set(Optional.of(started));
        started.start();
    }

    /** Before the database goes away. The work goes on at the next start. */
    void stop(@Observes @Priority(BEFORE_OTHERS) @BeforeDestroyed(ApplicationScoped.class) Object application) {
        stopped.countDown();
        running.get().ifPresent(Import::stop);
        thread.get().ifPresent(BackgroundImport::await);
    }

    private static void await(Thread ending) {
        try {
            if (!ending.join(STOP_LIMIT)) {
                LOG.log(Level.WARNING, "import: still busy; the next start goes on with it");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch(DistributionTree tree) {
        try (Transactions transactions = new Transactions(new ConfiguredDataSource(), 1)) {
            Adoptions adoptions = new Adoptions(transactions);
            do {
                try {
                    boolean isUnfinished = adoptions.isUnfinished();
                    transactions.closeIdle(); // nothing is held while there is nothing to do
                    if (isUnfinished) {
                        run(tree);
                    }
                } catch (CancellationException e) {
                    return;
                } catch (RuntimeException e) {
                    LOG.log(Level.ERROR, "import: interrupted, to be gone on with: " + e.getMessage());
                }
            } while (!stopped.await(PAUSE.toSeconds(), TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            // the server is going down
        }
    }

    private void run(DistributionTree tree) {
        try (Import pass =
                new Import(tree, new ConfiguredDataSource(), 1, line -> LOG.log(Level.INFO, "import: " + line), PACE)) {
            running.set(Optional.of(pass));
            if (stopped.getCount() > 0) {
                pass.run(false).ifPresent(summary -> LOG.log(Level.INFO, "import: done: " + summary));
            }
        } finally {
            running.set(Optional.empty());
        }
    }
}
