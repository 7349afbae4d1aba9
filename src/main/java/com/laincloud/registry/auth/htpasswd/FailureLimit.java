package com.laincloud.registry.auth.htpasswd;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * How often a client may fail before it has to wait. Only failures count, in windows of a minute. Right passwords never use
 * up the limit, and the clients that share an address behind a proxy hardly ever do.
 */
final class FailureLimit<K> {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 10_000;

    private final int perWindow;
    private final Clock clock;
    private final Cache<K, Failures> failures =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    /** @param perWindow how many failures there may be in a minute */
    FailureLimit(int perWindow, Clock clock) {
        this.perWindow = perWindow;
        this.clock = clock;
    }

    /** How long the client has to wait; empty if it may try now. */
    Optional<Duration> mustWait(K who) {
        Failures known = failures.getIfPresent(who);
        if (known == null || known.count < perWindow) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), known.start.plus(WINDOW));
        return left.isPositive() ? Optional.of(left) : Optional.empty();
    }

    void failed(K who) {
        Instant now = clock.instant();
        failures.asMap()
                .merge(
                        who,
                        new Failures(now, 1),
                        (known, first) -> now.isBefore(known.start.plus(WINDOW))
                                ? new Failures(known.start, known.count + 1)
                                : first);
    }

    private record Failures(Instant start, int count) {}
}
