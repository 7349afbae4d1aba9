package com.laincloud.registry.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/**
 * Lets the first of many equal things through, and one of them a minute after that, and of different things no more than so
 * many a minute. What it remembers is bounded as well.
 */
final class RepeatLimit<K> {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_REMEMBERED = 4096;

    private final int perWindow;
    private final Clock clock;
    private final Cache<K, Seen> seen =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();
    private Instant windowStart = Instant.MIN;
    private int admitted;

    /** @param perWindow how many different things are let through in a minute */
    RepeatLimit(int perWindow, Clock clock) {
        this.perWindow = perWindow;
        this.clock = clock;
    }

    /** How many equal things were held back since the last one was let through; empty if this one is held back too. */
    synchronized OptionalLong admit(K thing) {
        Instant now = clock.instant();
        if (hasPassed(windowStart, now)) {
            windowStart = now;
            admitted = 0;
        }
        Seen before = seen.getIfPresent(thing);
        if (admitted >= perWindow || (before != null && !hasPassed(before.admitted, now))) {
            seen.put(thing, before == null ? new Seen(Instant.MIN, 1) : new Seen(before.admitted, before.heldBack + 1));
            return OptionalLong.empty();
        }
        admitted++;
        seen.put(thing, new Seen(now, 0));
        return OptionalLong.of(before == null ? 0 : before.heldBack);
    }

    private static boolean hasPassed(Instant start, Instant now) {
        return start.equals(Instant.MIN) || !now.isBefore(start.plus(WINDOW));
    }

    private record Seen(Instant admitted, long heldBack) {}
}
