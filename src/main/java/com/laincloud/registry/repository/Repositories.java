package com.laincloud.registry.repository;

import com.laincloud.registry.index.RepositoryRows;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Optional;

/** The repositories of this registry. One comes into being with the first thing pushed to it. */
@Singleton
public class Repositories {

    private final RepositoryRows rows;

    @Inject
    public Repositories(RepositoryRows rows) {
        this.rows = rows;
    }

    /** The row's number of a repository, if anything was ever pushed to it. */
    public Optional<Long> find(RepositoryName name) {
        return rows.id(name);
    }

    /**
     * The row's number of a repository that is to be changed.
     *
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}; {@link ErrorCode#DENIED} if it was renamed not long ago
     */
    public long require(RepositoryName name) {
        return find(name).orElseThrow(() -> {
            refuseFormerName(name);
            return new RegistryException(ErrorCode.NAME_UNKNOWN, name.value());
        });
    }

    /**
     * Refuses a change by a name by which only pulls are still served.
     *
     * @throws RegistryException {@link ErrorCode#DENIED}, with the name of today
     */
    public void refuseFormerName(RepositoryName name) {
        rows.renamed(name).ifPresent(current -> {
            throw new RegistryException(ErrorCode.DENIED, name + " was renamed, and is " + current);
        });
    }

    /**
     * The row's number of a repository, for those who pull: also by a name that it had not long ago.
     *
     * @throws RegistryException {@link ErrorCode#NAME_UNKNOWN}
     */
    public long requireToPull(RepositoryName name) {
        return findToPull(name).orElseThrow(() -> new RegistryException(ErrorCode.NAME_UNKNOWN, name.value()));
    }

    /** As {@link #requireToPull}; empty if there is no such repository. */
    public Optional<Long> findToPull(RepositoryName name) {
        return rows.idToPull(name);
    }

    /** What a repository is called today: the same, unless it was renamed not long ago. */
    public RepositoryName current(RepositoryName name) {
        return find(name).isPresent() ? name : rows.renamed(name).orElse(name);
    }

    /**
     * The row's number of a repository, which is created if it is not there. Needs a transaction.
     *
     * @throws RegistryException {@link ErrorCode#DENIED} if pulls by this name still lead to a repository that was renamed: a
     *     new one would hide it
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public long create(RepositoryName name) {
        return find(name).orElseGet(() -> {
            refuseFormerName(name);
            rows.create(name);
            return find(name).orElseThrow();
        });
    }

    /** The names of repositories that hold manifests, in the order of their bytes. */
    public List<String> names(Page page) {
        return rows.names(page.last(), page.limit());
    }
}
