package com.laincloud.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An etcd cluster, and how it is spoken to.
 *
 * @param endpoints of its members or proxies
 */
public record EtcdCluster(List<URI> endpoints, Api api, Optional<Login> login, TlsFiles tls) {

    /** The interfaces that etcd has. */
    public enum Api {
        /** By the server's version: v2 of 2.x, v3 of all later ones. */
        AUTO,
        V2,
        V3
    }

    /** Who asks. */
    public record Login(String username, String password) {

        @Override
        public String toString() {
            return "Login[" + username + "]";
        }
    }

    public EtcdCluster {
        endpoints = List.copyOf(endpoints);
    }

    /** The same cluster, but where the interface is left open, this one is spoken. */
    public EtcdCluster preferring(Api remembered) {
        return api == Api.AUTO ? new EtcdCluster(endpoints, remembered, login, tls) : this;
    }

    /**
     * A connection. With {@link Api#AUTO} the cluster is asked for its version first.
     *
     * @throws EtcdException if it does not tell within the limit
     */
    public EtcdClient connect(Duration limit) {
        return switch (api) {
            case V2 -> new EtcdV2(new EtcdHttp(this));
            case V3 -> new EtcdV3(this);
            case AUTO -> connectByVersion(limit);
        };
    }

    private EtcdClient connectByVersion(Duration limit) {
        EtcdHttp http = new EtcdHttp(this);
        try {
            if (EtcdVersion.of(http, limit).major() < 3) {
                return new EtcdV2(http);
            }
        } catch (EtcdException e) {
            http.close();
            throw e;
        }
        http.close();
        return new EtcdV3(this);
    }
}
