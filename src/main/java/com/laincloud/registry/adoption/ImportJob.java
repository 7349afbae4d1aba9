package com.laincloud.registry.adoption;

import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.lifecycle.StartUp;
import com.laincloud.registry.storage.TreeReader;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.lang.System.Logger.Level;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Brings every pass over the tree to its end while the server runs: begins one by itself where the index is empty and the
 * tree is not, and goes on with one whose process is gone.
 */
@Singleton
public class ImportJob implements Job {

    private static final System.Logger LOG = System.getLogger(ImportJob.class.getName());
    private static final Duration PACE = Duration.ofSeconds(10);

    private final TreeReader reader;
    private final DistributionTree tree;
    private final Lookup<Long> unfinished;

    @Inject
    public ImportJob(TreeReader reader, DataSource database) {
        this.reader = reader;
        this.tree = new DistributionTree(reader);
        this.unfinished = Adoptions.unfinished(database);
    }

    /** Before anything is answered, so that from the first request on what is not indexed is looked up in the tree. */
    void start(@Observes StartUp startUp) {
        if (!tree.isPresent()) {
            return;
        }
        try (Transactions transactions = new Transactions(new ConfiguredDataSource(), 1)) {
            if (new Adoptions(transactions).beginOnEmptyIndex()) {
                LOG.log(
                        Level.INFO,
                        "import: the tree in " + reader.place("") + " is being indexed; until then,"
                                + " what is not indexed yet is looked up in it");
            }
        }
    }

    @Override
    public String name() {
        return Import.JOB;
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Duration firstWithin() {
        return Duration.ZERO;
    }

    @Override
    public boolean isWanted() {
        return unfinished.first().isPresent() && tree.isPresent();
    }

    @Override
    public String run(JobRun run) {
        try (Import pass = new Import(
                run, tree, new ConfiguredDataSource(), 1, line -> LOG.log(Level.INFO, "import: " + line), PACE)) {
            String summary = pass.run(false).toString();
            LOG.log(Level.INFO, "import: done: " + summary);
            return summary;
        }
    }
}
