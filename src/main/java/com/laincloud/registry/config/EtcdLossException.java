package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdException;

/** etcd answers, but has lost keys that it had. A deletion of keys is no such loss. The message is one line. */
@SuppressWarnings("serial") // never serialised: it ends as a line of text
final class EtcdLossException extends EtcdException {

    private final boolean isCertain;

    EtcdLossException(String message, boolean isCertain) {
        super(message);
        this.isCertain = isCertain;
    }

    /** Whether it is another etcd, or one that begins anew; else it has only told nothing of a deletion, perhaps yet. */
    boolean isCertain() {
        return isCertain;
    }
}
