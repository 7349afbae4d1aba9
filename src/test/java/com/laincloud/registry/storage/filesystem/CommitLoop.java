package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.StorageKey;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/** A process that stores blobs until it is killed, and tells each that it has stored. Deletes one in four. */
final class CommitLoop {

    /** The last word of a whole line. */
    static final String END = "end";

    private static final int THREADS = 4;

    private CommitLoop() {}

    /**
     * Stores without end.
     *
     * @param arguments the root of the driver, and a number that no earlier run was given
     */
    public static void main(String[] arguments) {
        FilesystemDriver driver = new FilesystemDriver(Path.of(arguments[0]), 0, Clock.systemUTC());
        long seed = Long.parseLong(arguments[1]) * THREADS;
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
        for (int thread = 0; thread < THREADS; thread++) {
            Random random = new Random(seed + thread);
            new Thread(() -> storeForEver(driver, random, out)).start();
        }
    }

    private static void storeForEver(FilesystemDriver driver, Random random, PrintStream out) {
        while (true) {
            Sample sample = Sample.of(random.nextLong(), 1 + random.nextInt(100_000));
            StorageKey key = random.nextBoolean() ? sample.store(driver) : storeInTwoSegments(driver, sample);
            if (random.nextInt(4) == 0) {
                driver.delete(Set.of(key));
            } else {
                out.println(key + " " + sample.length() + " " + END);
            }
        }
    }

    private static StorageKey storeInTwoSegments(FilesystemDriver driver, Sample sample) {
        UUID upload = UUID.randomUUID();
        int middle = sample.length() / 2;
        sample.write(driver, upload, 0, 0, 0, middle);
        sample.write(driver, upload, 1, 0, middle, sample.length());
        return sample.commit(driver, upload, new Segment("0", middle), new Segment("1", sample.length() - middle));
    }
}
