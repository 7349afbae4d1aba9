package com.laincloud.registry.auth.token;

import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The keys that are believed: those that are configured, by all of their names, and the certificates that may vouch for
 * further ones.
 *
 * <p>Of a configured certificate only the key counts: LAIN's expired years ago, and its service signs with it every day.
 */
final class TrustedKeys {

    private final Map<String, VerificationKey> byId = new HashMap<>();
    private final Map<PublicKey, VerificationKey> byKey = new HashMap<>();
    private final List<X509Certificate> certificates;

    /**
     * @param named keys by the names they were given, which prevail over those they have by themselves
     * @param unnamed keys that were given none
     * @param certificates which may vouch for further keys
     */
    TrustedKeys(
            Map<String, VerificationKey> named,
            Collection<VerificationKey> unnamed,
            Collection<X509Certificate> certificates) {
        unnamed.forEach(this::add);
        named.values().forEach(this::add);
        byId.putAll(named);
        this.certificates = List.copyOf(certificates);
    }

    private void add(VerificationKey key) {
        KeyNames.of(key.key()).forEach(id -> byId.putIfAbsent(id, key));
        byKey.putIfAbsent(key.key(), key);
    }

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    Optional<VerificationKey> find(String id) {
        return Optional.ofNullable(byId.get(id));
    }

    Optional<VerificationKey> find(PublicKey key) {
        return Optional.ofNullable(byKey.get(key));
    }

    List<X509Certificate> certificates() {
        return certificates;
    }
}
