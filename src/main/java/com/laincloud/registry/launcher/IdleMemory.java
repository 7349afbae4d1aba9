package com.laincloud.registry.launcher;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Gives memory back that the start or a burst of requests took, once the server rests: until then the collector only grows the
 * heap. It rests if nothing was collected for a while, for even few requests fill the youngest part of the heap.
 */
final class IdleMemory {

    private static final System.Logger LOG = System.getLogger(IdleMemory.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    /** By how much the heap must have grown to be worth the 0.1 s for which a collection of all of it stops the server. */
    private static final long WORTH = 16 << 20;

    private final Path cache;
    private long collections;
    private long collectionsAtRelease;
    private long usedAtRelease;

    /** @param cache the file of the {@link AheadOfTimeCache} */
    IdleMemory(Path cache) {
        this.cache = cache;
    }

    void begin() {
        Thread.ofPlatform().daemon().name("idle-memory").start(this::watch);
    }

    private void watch() {
        try {
            while (true) {
                CachePages.release(cache);
                do {
                    Thread.sleep(INTERVAL);
                } while (!restsAgain());
                if (used() - usedAtRelease > WORTH) {
                    System.gc();
                    usedAtRelease = used();
                }
                collections = collections();
                collectionsAtRelease = collections;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ReflectiveOperationException | RuntimeException e) {
            LOG.log(Level.WARNING, "memory that is not used is kept", e);
        }
    }

    /** Whether it rests, and has worked since it rested before. */
    private boolean restsAgain() {
        long before = collections;
        collections = collections();
        return collections == before && collections != collectionsAtRelease;
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static long used() {
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
