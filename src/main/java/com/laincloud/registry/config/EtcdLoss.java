package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdClient;
import com.laincloud.registry.etcd.EtcdKeys;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells keys that somebody deleted from keys that etcd has lost, which turn nothing off. LAIN's key that is gone, or all keys,
 * were deleted if it is the same cluster over the same interface, its index has grown, and it knows of something that happened
 * to them since, or no longer remembers so long ago. Of an etcd that was upgraded, wiped, restored from a backup or replaced, at
 * least one of these is not so.
 */
final class EtcdLoss {

    /** How long etcd may take to tell what has happened already, which it does at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private EtcdLoss() {}

    /**
     * Keys that can be believed.
     *
     * @param last those that were good before
     * @throws EtcdLossException if etcd has lost some of those
     */
    static EtcdKeys read(Etcd etcd, EtcdClient client, Duration limit, EtcdKeys last) {
        EtcdKeys now = client.read(etcd.roots(), limit);
        Optional<String> reason = reason(etcd, last, now, roots -> client.awaitChange(roots, last.index(), PATIENCE));
        if (reason.isPresent()) {
            String wanted = last.has(etcd.authKey()) ? etcd.authKey() : "something beneath " + etcd.treeKey();
            throw new EtcdLossException("etcd has lost its keys (" + reason.get() + "): until " + wanted
                    + " is there again, or " + etcd.stateFile() + " is deleted and the registry started again");
        }
        return now;
    }

    /**
     * Why some of the last keys cannot have been deleted; empty if none is gone, or they were.
     *
     * @param haveChanged whether etcd knows of a change at or beneath one of these keys since the last ones were read
     */
    static Optional<String> reason(Etcd etcd, EtcdKeys last, EtcdKeys now, Predicate<List<String>> haveChanged) {
        boolean isAuthGone = last.has(etcd.authKey()) && !now.has(etcd.authKey());
        boolean isAllGone = has(etcd, last) && !has(etcd, now);
        if (!isAuthGone && !isAllGone) {
            return Optional.empty();
        }
        if (!last.store().isSame(now.store())) {
            return Optional.of("it is not the one that had them");
        }
        if (now.index() <= last.index()) {
            return Optional.of("its index was " + last.index() + " and is " + now.index());
        }
        return haveChanged.test(isAuthGone ? List.of(etcd.authKey()) : etcd.roots())
                ? Optional.empty()
                : Optional.of("nobody deleted them");
    }

    private static boolean has(Etcd etcd, EtcdKeys keys) {
        return etcd.roots().stream().anyMatch(keys::has);
    }
}
