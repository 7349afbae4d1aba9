package com.laincloud.registry.etcd;

/**
 * The keys of one cluster as one of its interfaces shows them: v2 and v3 know nothing of each other's.
 *
 * @param api over which they were read; {@link EtcdCluster.Api#AUTO} if that is not known
 * @param cluster etcd's own identifier of the cluster; empty if it cannot be trusted to be this one any more
 */
public record EtcdStore(EtcdCluster.Api api, String cluster) {

    /** Whether both are the same one for certain. Even then it may have been wiped: its index tells. */
    public boolean isSame(EtcdStore other) {
        return !cluster.isEmpty() && equals(other);
    }
}
