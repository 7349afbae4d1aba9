package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdClient;
import com.laincloud.registry.etcd.EtcdKeys;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Tells deleted keys from keys that etcd has lost. Lost keys turn nothing off. Keys that are gone count as deleted if three
 * things hold: it is the same cluster over the same interface; its index has grown; and it knows of a change of the keys
 * since then, or no longer remembers that far back. If etcd was upgraded, wiped, restored from a backup or replaced, at
 * least one of the three fails.
 */
final class EtcdLoss {

    /** How long etcd may take to tell what has happened already, which it does at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String SILENCE = "it knows of no deletion";

    private EtcdLoss() {}

    /**
     * Keys that can be believed.
     *
     * @param last those that were good before
     * @throws EtcdLossException if etcd has lost some of those
     */
    static EtcdKeys read(Etcd etcd, EtcdClient client, Duration limit, EtcdKeys last) {
        EtcdKeys now = client.read(etcd.roots(), limit);
        Duration patience = limit.compareTo(PATIENCE) < 0 ? limit : PATIENCE;
        Optional<String> reason = reason(etcd, last, now, keys -> client.awaitChange(keys, last.index(), patience));
        if (reason.isPresent()) {
            throw new EtcdLossException(
                    "etcd has lost its keys (" + reason.get() + "): until "
                            + missing(etcd, last, now).getFirst() + " is there again, or " + etcd.stateFile()
                            + " is deleted and the registry started again",
                    !reason.get().equals(SILENCE));
        }
        return now;
    }

    /**
     * Why some of the last keys cannot have been deleted; empty if none is gone, or they were.
     *
     * @param haveChanged whether etcd knows of a change at or beneath one of these keys since the last ones were read
     */
    static Optional<String> reason(Etcd etcd, EtcdKeys last, EtcdKeys now, Predicate<List<String>> haveChanged) {
        List<String> missing = missing(etcd, last, now);
        if (missing.isEmpty()) {
            return Optional.empty();
        }
        if (!last.store().isSame(now.store())) {
            return Optional.of("it is not the one that had them");
        }
        if (now.index() <= last.index()) {
            return Optional.of("its index was " + last.index() + " and is " + now.index());
        }
        return haveChanged.test(missing.subList(0, 1)) ? Optional.empty() : Optional.of(SILENCE);
    }

    /** The keys that are gone; LAIN's first, which turns tokens off. */
    private static List<String> missing(Etcd etcd, EtcdKeys last, EtcdKeys now) {
        return last.values().keySet().stream()
                .filter(key -> !key.endsWith("/") && !now.values().containsKey(key))
                .sorted(Comparator.comparing((String key) -> !key.equals(etcd.authKey()))
                        .thenComparing(Comparator.naturalOrder()))
                .toList();
    }
}
