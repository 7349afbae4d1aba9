package com.laincloud.registry.etcd;

import java.util.Map;

/**
 * What lay at and beneath some keys at one moment.
 *
 * @param values by key; that of a directory with nothing in it, which v2 knows, is its name with a slash at the end
 * @param index etcd's count of changes at that moment, from which a wait goes on
 * @param store what counts them
 */
public record EtcdKeys(Map<String, String> values, long index, EtcdStore store) {

    public EtcdKeys {
        values = Map.copyOf(values);
    }

    /** Whether a key is a root itself, or lies beneath it. */
    static boolean isWithin(String key, String root) {
        return key.equals(root) || key.startsWith(root + "/");
    }
}
