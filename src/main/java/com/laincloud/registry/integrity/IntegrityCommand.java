package com.laincloud.registry.integrity;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.integrity.IntegrityCheck.Repair;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.jobs.JobRunner;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;

/** {@code registry check}: whether index and storage agree, whether a registry runs beside it or not. */
public final class IntegrityCommand {

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public IntegrityCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Checks, and tells what is wrong.
     *
     * @param repairs whether bytes that no row knows are to be deleted, if a check found them a week before
     * @param isAtOnce whether the others too
     * @param claims whether the storage is to belong to the database from now on, whatever it says
     * @return whether all is well, or, where it repairs, has been mended
     * @throws RuntimeException if it cannot be found out, in one line
     */
    public boolean run(boolean repairs, boolean isAtOnce, boolean claims) {
        Storage configured = settings.storage();
        ConfiguredStorage.requireToOutliveRegistry(configured);
        if (configured.readOnly() && (repairs || claims)) {
            throw new IllegalStateException("storage.maintenance.readonly.enabled: nothing may be changed");
        }
        DataSource database = CommandDatabase.of(settings.database());
        try (StorageDriver storage = ConfiguredStorage.open(configured)) {
            StorageIdentity identity = new StorageIdentity(database, storage);
            if (claims) {
                identity.claim();
            } else if (repairs) {
                identity.requireOwn();
            } else if (!configured.readOnly()) {
                identity.require();
            }
            identity.warning().ifPresent(report);
            Repair repair = repair(repairs, isAtOnce);
            JobRunner runner = new JobRunner(database, report);
            Function<JobRun, Faults> work = run -> new IntegrityCheck(database, storage, repair, report, run).run();
            Faults faults = (repair == Repair.NOTHING
                            ? runner.runRequested(IntegrityJob.NAME, work)
                            : runner.runNow(IntegrityJob.NAME, work))
                    .orElseThrow(() -> new IllegalStateException(
                            "another check is running: see audit.job_run for how far it has come"));
            report.accept(faults.toString());
            return repairs ? faults.isMended() : faults.isEmpty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Repair repair(boolean repairs, boolean isAtOnce) {
        if (!repairs) {
            return Repair.NOTHING;
        }
        return isAtOnce ? Repair.EVERYTHING : Repair.FOUND_A_WEEK_BEFORE;
    }
}
