package com.laincloud.registry.etcd;

import java.time.Duration;
import java.util.List;

/** A connection to an etcd cluster. For one thread at a time; {@link #close} may come from another. */
public interface EtcdClient extends AutoCloseable {

    /**
     * Everything at and beneath the roots, as the majority of the cluster has it.
     *
     * @throws EtcdException if etcd does not say so within the limit
     */
    EtcdKeys read(List<String> roots, Duration limit);

    /**
     * Returns when something at or beneath the roots may have changed since an index, at the latest after the limit.
     *
     * @return whether something may have changed: it has, or etcd does not remember so long ago
     * @throws EtcdException if the connection is lost
     */
    boolean awaitChange(List<String> roots, long index, Duration limit);

    @Override
    void close();
}
