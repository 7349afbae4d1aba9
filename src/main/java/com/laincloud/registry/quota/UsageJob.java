package com.laincloud.registry.quota;

import com.laincloud.registry.index.UsageRows;
import com.laincloud.registry.jobs.Job;
import com.laincloud.registry.jobs.JobRun;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Adds up each minute what repositories have got and lost, so that there are never many changes to be read. */
@Singleton
public class UsageJob implements Job {

    private final UsageRows usage;

    @Inject
    public UsageJob(UsageRows usage) {
        this.usage = usage;
    }

    @Override
    public String name() {
        return "usage";
    }

    @Override
    public Duration interval() {
        return Duration.ofMinutes(1);
    }

    @Override
    public boolean isWanted() {
        return usage.isChanged();
    }

    @Override
    public String run(JobRun run) {
        long all = 0;
        long folded = usage.fold();
        while (folded > 0) {
            all += folded;
            run.tell(all + " changes added up");
            folded = run.isOver() ? 0 : usage.fold();
        }
        return all + " changes added up";
    }
}
