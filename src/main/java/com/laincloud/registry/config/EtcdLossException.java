package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdException;

/** etcd answers, but has lost keys that it had. One line. Never that somebody deleted them. */
@SuppressWarnings("serial") // never serialised: it ends as a line of text
final class EtcdLossException extends EtcdException {

    EtcdLossException(String message) {
        super(message);
    }
}
