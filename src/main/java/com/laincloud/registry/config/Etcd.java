package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.EtcdKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Where in etcd settings are, and what to do where they cannot be read.
 *
 * @param prefix beneath which LAIN keeps its configuration, {@code /lain/config}
 * @param timeout how long a start waits for etcd
 * @param stateFile where the last settings that were read are kept
 * @param refusesMalformedAuth whether a value of LAIN's key that is malformed is an error, instead of no authentication
 */
public record Etcd(EtcdCluster cluster, String prefix, Duration timeout, Path stateFile, boolean refusesMalformedAuth) {

    /** The same, but where the interface is left open, it is the one over which these keys were read. */
    Etcd asReadBefore(EtcdKeys keys) {
        return new Etcd(cluster.preferring(keys.store().api()), prefix, timeout, stateFile, refusesMalformedAuth);
    }

    /** LAIN's key for the token service: {@code {"realm", "issuer", "service"}}. */
    String authKey() {
        return prefix + "/auth/registry";
    }

    /** Beneath which every setting has a key: {@code storage/delete/enabled}. */
    String treeKey() {
        return prefix + "/registry";
    }

    /** All that is read. */
    List<String> roots() {
        return List.of(authKey(), treeKey());
    }
}
