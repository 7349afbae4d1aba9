package com.laincloud.registry.manifest;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code registry delete}: deletes all that a repository holds, whether a registry runs beside it or not, and whether clients may
 * delete or not.
 */
public final class DeleteCommand {

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public DeleteCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Deletes, as {@link RepositoryDeletion} does.
     *
     * @param words the repository
     * @return true
     * @throws RegistryException if there is no such repository
     * @throws RuntimeException if it cannot be done, in one line
     */
    public boolean run(List<String> words) {
        RepositoryName repository = RepositoryName.valueOf(words.getFirst());
        try (CommandWork work = new CommandWork(settings)) {
            work.deletion().delete(repository, work.requester());
        }
        report.accept(repository + " is deleted; its blobs go with the next collection");
        return true;
    }
}
