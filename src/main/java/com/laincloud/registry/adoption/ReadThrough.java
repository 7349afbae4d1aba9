package com.laincloud.registry.adoption;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Indexes on the spot what a request asks for, while a pass over the tree is unfinished and has not come to its repository
 * yet. What is found right away never comes here; when there is no pass, what is not found costs one small query a second
 * at most. Its transactions are its own: what it indexed is there for the caller's next statement.
 */
@Singleton
public class ReadThrough {

    private static final Duration MEMORY = Duration.ofSeconds(1);
    private static final int CONNECTIONS = 4;
    private static final int STRIPES = 64;

    private final Optional<DistributionTree> tree;
    private final Transactions transactions;
    private final Adoptions adoptions;
    private final Lookup<Boolean> unfinished;
    private final Soundness soundness;
    private final Object[] stripes = new Object[STRIPES];

    /** When it was last seen that there is no unfinished pass; {@code Long.MIN_VALUE} if there is one. */
    private final AtomicLong idleSince = new AtomicLong(Long.MIN_VALUE);

    @Inject
    public ReadThrough(CurrentSettings settings, DataSource database) {
        Storage storage = settings.get().storage();
        this.tree = storage.driver() == Storage.Driver.FILESYSTEM
                ? Optional.of(new DistributionTree(storage.rootDirectory()))
                : Optional.empty();
        this.transactions = new Transactions(new ConfiguredDataSource(), CONNECTIONS);
        this.adoptions = new Adoptions(transactions);
        this.unfinished = new Lookup<>(
                database, "select exists (select from adoption where finished_at is null)", row -> row.getBoolean(1));
        this.soundness = new Soundness(transactions, false, new Tally());
        Arrays.setAll(stripes, i -> new Object());
    }

    /** Looks in the tree for a blob that was not found. Returns whether it is worth looking for it again. */
    public boolean blob(RepositoryName repository, Digest digest) {
        return isUnfinished(MEMORY) && bring(repository, found -> found.layers(Stream.of(digest)));
    }

    /** Looks in the tree for a manifest that was not found. Returns whether it is worth looking for it again. */
    public boolean manifest(RepositoryName repository, Reference reference) {
        return isUnfinished(MEMORY)
                && bring(repository, found -> {
                    switch (reference) {
                        case Digest digest -> found.manifest(digest);
                        case Tag tag -> found.tag(tag);
                    }
                });
    }

    /**
     * Before a manifest is put: looks in the tree for what it counts on, and for what the tags name until now, which
     * conditions may depend on and the record of the push will tell.
     */
    public void beforePush(RepositoryName repository, Collection<Tag> tags, Manifest manifest) {
        if (isUnfinished(MEMORY)) {
            bring(repository, found -> {
                tags.forEach(found::tag);
                found.layers(manifest.requiredBlobs().stream().map(Descriptor::digest));
                manifest.children().forEach(child -> found.manifest(child.digest()));
            });
        }
    }

    /** Before a repository is listed: indexes the whole of it. */
    public void beforeListing(RepositoryName repository) {
        if (isUnfinished(MEMORY)) {
            whole(repository);
        }
    }

    /** Before something is deleted: what counts on it may not be indexed yet, and protects it only then. */
    public void beforeDeletion(RepositoryName repository) {
        if (isUnfinished(Duration.ZERO)) {
            whole(repository);
        }
    }

    private void whole(RepositoryName repository) {
        synchronized (stripes[Math.floorMod(repository.hashCode(), STRIPES)]) { // the others find it done
            bring(repository, RepositoryImport::all);
        }
    }

    private boolean bring(RepositoryName repository, Consumer<RepositoryImport> what) {
        if (tree.isEmpty() || !Files.isDirectory(tree.get().repository(repository)) || adoptions.isDone(repository)) {
            return false;
        }
        what.accept(new RepositoryImport(tree.get(), repository, transactions, soundness, new Tally()));
        return true;
    }

    private boolean isUnfinished(Duration memory) {
        if (tree.isEmpty()) {
            return false;
        }
        long since = idleSince.get();
        long now = System.nanoTime();
        if (since != Long.MIN_VALUE && now - since < memory.toNanos()) {
            return false;
        }
        if (unfinished.first().orElseThrow()) {
            idleSince.set(Long.MIN_VALUE);
            return true;
        }
        idleSince.set(now);
        transactions.close();
        return false;
    }
}
