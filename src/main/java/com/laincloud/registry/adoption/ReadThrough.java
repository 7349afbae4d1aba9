package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Adoptions.Seen;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.origin.Origin;
import com.laincloud.registry.storage.TreeReader;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Indexes on the spot what a request asks for, while a pass over the tree is unfinished and has not come to its repository
 * yet. When there is no pass, what is not found costs one small query a second at most.
 */
@Singleton
public class ReadThrough implements Origin {

    private static final Duration MEMORY = Duration.ofSeconds(1);
    private static final int CONNECTIONS = 4;
    private static final int STRIPES = 64;

    private final DistributionTree tree;
    private final Transactions transactions;
    private final Adoptions adoptions;
    private final Lookup<Seen> passes;
    private final Soundness soundness;
    private final Object[] stripes = new Object[STRIPES];

    /** What was last seen of the passes. */
    private final AtomicReference<Sight> sight = new AtomicReference<>(new Sight(Optional.empty(), Long.MIN_VALUE));

    /**
     * What was seen at some moment.
     *
     * @param pass the unfinished one, or else one that had just finished, if there was one
     * @param whole repositories of which nothing is missing in the index any more, though the pass may not have judged them
     */
    private record Sight(Optional<Seen> pass, Set<RepositoryName> whole, long at) {

        Sight(Optional<Seen> pass, long at) {
            this(pass, ConcurrentHashMap.newKeySet(), at);
        }

        boolean isIdleFor(Duration memory) {
            return pass.isEmpty() && at != Long.MIN_VALUE && System.nanoTime() - at < memory.toNanos();
        }
    }

    @Inject
    public ReadThrough(TreeReader reader, DataSource database) {
        this(reader, database, new ConfiguredDataSource());
    }

    /** @param own which is no pool */
    ReadThrough(TreeReader reader, DataSource database, DataSource own) {
        this.tree = new DistributionTree(reader);
        this.transactions = new Transactions(own, CONNECTIONS);
        this.adoptions = new Adoptions(transactions);
        this.passes = Adoptions.seen(database);
        this.soundness = new Soundness(reader, transactions, false, new Tally());
        Arrays.setAll(stripes, i -> new Object());
    }

    @Override
    public boolean bringBlob(RepositoryName repository, Digest digest) {
        return bring(repository, found -> found.layers(Stream.of(digest)));
    }

    @Override
    public boolean bringManifest(RepositoryName repository, Reference reference) {
        return bring(repository, found -> {
            switch (reference) {
                case Digest digest -> found.manifest(digest);
                case Tag tag -> found.tag(tag);
            }
        });
    }

    @Override
    public void beforePush(RepositoryName repository, Collection<Tag> tags, Manifest manifest) {
        bring(repository, found -> {
            tags.forEach(found::tag);
            found.layers(manifest.requiredBlobs().stream().map(Descriptor::digest));
            manifest.children().forEach(child -> found.manifest(child.digest()));
        });
    }

    @Override
    public void beforeListing(RepositoryName repository) {
        whole(repository, MEMORY);
    }

    @Override
    public void beforeDeletion(RepositoryName repository) {
        whole(repository, Duration.ZERO);
    }

    private void whole(RepositoryName repository, Duration memory) {
        bring(repository, memory, found -> {
            synchronized (stripes[Math.floorMod(repository.hashCode(), STRIPES)]) {
                if (!isWhole(repository)) { // the others find it done
                    found.index();
                    sight.get().whole().add(repository);
                }
            }
        });
    }

    private boolean isWhole(RepositoryName repository) {
        return sight.get().whole().contains(repository) || adoptions.isDone(repository);
    }

    private boolean bring(RepositoryName repository, Consumer<RepositoryImport> what) {
        return bring(repository, MEMORY, what);
    }

    /**
     * Brings something if a pass is unfinished.
     *
     * @param memory how old it may be that there is no pass
     * @return whether it is worth looking for it again: the pass may have brought it since, also by its end
     */
    private boolean bring(RepositoryName repository, Duration memory, Consumer<RepositoryImport> what) {
        Optional<Seen> pass = pass(memory);
        if (pass.isEmpty()) {
            return false;
        }
        if (pass.get().isFinished() || isWhole(repository)) {
            return true;
        }
        return tree.reader().await(() -> {
            if (!tree.has(repository)) {
                return false;
            }
            what.accept(new RepositoryImport(tree, repository, transactions, soundness, new Tally()));
            return true;
        });
    }

    /** The unfinished pass, or one that has just finished; that there is none may be as old as {@code memory}. */
    private Optional<Seen> pass(Duration memory) {
        Sight last = sight.get();
        if (last.isIdleFor(memory)) {
            return Optional.empty();
        }
        Optional<Seen> pass = passes.first();
        if (pass.isEmpty()) {
            transactions.closeIdle();
        }
        if (pass.isEmpty() || !pass.equals(last.pass())) {
            sight.compareAndSet(last, new Sight(pass, System.nanoTime()));
        }
        return pass;
    }
}
