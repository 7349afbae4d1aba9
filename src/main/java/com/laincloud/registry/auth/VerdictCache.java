package com.laincloud.registry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers for a while what credentials proved, because to prove it again costs from a fraction of a millisecond (a token)
 * to a large part of a second (a password). The credentials themselves are not kept: entries are found by a hash under a key
 * that this instance alone knows. Only what was proven is remembered, never what failed.
 */
public final class VerdictCache<V> {

    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_LENGTH = 32;

    private final Clock clock;
    private final SecretKeySpec key;
    private final Cache<String, Verdict<V>> verdicts;

    /** @param capacity how many verdicts are remembered; those asked for least are forgotten first */
    public VerdictCache(int capacity, Clock clock) {
        this.clock = clock;
        byte[] secret = new byte[KEY_LENGTH];
        new SecureRandom().nextBytes(secret);
        this.key = new SecretKeySpec(secret, ALGORITHM);
        this.verdicts = Caffeine.newBuilder().maximumSize(capacity).build();
    }

    /** What these credentials proved, if that is remembered and still holds. */
    public Optional<V> find(String credentials) {
        String hash = hash(credentials);
        Verdict<V> verdict = verdicts.getIfPresent(hash);
        if (verdict == null) {
            return Optional.empty();
        }
        if (!clock.instant().isBefore(verdict.until)) {
            verdicts.invalidate(hash);
            return Optional.empty();
        }
        return Optional.of(verdict.value);
    }

    /** Remembers what these credentials proved. */
    public void put(String credentials, V value, Instant until) {
        verdicts.put(hash(credentials), new Verdict<>(value, until));
    }

    private String hash(String credentials) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return HexFormat.of().formatHex(mac.doFinal(credentials.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private record Verdict<V>(V value, Instant until) {}
}
