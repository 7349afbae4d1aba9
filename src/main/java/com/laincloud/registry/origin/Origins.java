package com.laincloud.registry.origin;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** All the {@link Origin}s there are, asked one after the other. */
@Singleton
public class Origins {

    private final List<Origin> all;

    @Inject
    public Origins(@Any Instance<Origin> all) {
        this(all.stream().toList());
    }

    private Origins(List<Origin> all) {
        this.all = all;
    }

    /** Of a command, which brings nothing in. */
    public static Origins none() {
        return new Origins(List.of());
    }

    /** What a look-up finds of a blob, at once or after an origin brought it. */
    public <T> Optional<T> findBlob(RepositoryName repository, Digest digest, Supplier<Optional<T>> lookUp) {
        return find(lookUp, origin -> origin.bringBlob(repository, digest));
    }

    /** What a look-up finds of a manifest, at once or after an origin brought it. */
    public <T> Optional<T> findManifest(RepositoryName repository, Reference reference, Supplier<Optional<T>> lookUp) {
        return find(lookUp, origin -> origin.bringManifest(repository, reference));
    }

    private <T> Optional<T> find(Supplier<Optional<T>> lookUp, Predicate<Origin> bring) {
        Optional<T> found = lookUp.get();
        for (Origin origin : all) {
            if (found.isEmpty() && bring.test(origin)) {
                found = lookUp.get();
            }
        }
        return found;
    }

    /** Tells all of them: {@link Origin#beforePush}. */
    public void beforePush(RepositoryName repository, Collection<Tag> tags, Manifest manifest) {
        all.forEach(origin -> origin.beforePush(repository, tags, manifest));
    }

    /** Tells all of them: {@link Origin#beforeListing}. */
    public void beforeListing(RepositoryName repository) {
        all.forEach(origin -> origin.beforeListing(repository));
    }

    /** Tells all of them: {@link Origin#beforeDeletion}. */
    public void beforeDeletion(RepositoryName repository) {
        all.forEach(origin -> origin.beforeDeletion(repository));
    }
}
