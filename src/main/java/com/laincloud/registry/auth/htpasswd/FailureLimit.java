package com.laincloud.registry.auth.htpasswd;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How often somebody may fail before they have to wait. Counted are failures alone, in windows of a minute: whoever has the
 * right password never gets here, and many who share an address behind a proxy hardly ever.
 */
final class FailureLimit<K> {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 10_000;

    private final int perWindow;
    private final Clock clock;
    private final Map<K, Failures> failures = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<K, Failures> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    /** @param perWindow how many failures there may be in a minute */
    FailureLimit(int perWindow, Clock clock) {
        this.perWindow = perWindow;
        this.clock = clock;
    }

    /** How long somebody has to wait; empty if they may try. */
    synchronized Optional<Duration> mustWait(K who) {
        Failures known = failures.get(who);
        if (known == null || known.count < perWindow) {
            return Optional.empty();
        }
        Duration left = Duration.between(clock.instant(), known.start.plus(WINDOW));
        return left.isPositive() ? Optional.of(left) : Optional.empty();
    }

    synchronized void failed(K who) {
        Instant now = clock.instant();
        failures.merge(
                who,
                new Failures(now, 1),
                (known, first) ->
                        now.isBefore(known.start.plus(WINDOW)) ? new Failures(known.start, known.count + 1) : first);
    }

    private record Failures(Instant start, int count) {}
}
