package com.laincloud.registry.fuzz;

import java.util.Random;

/** Where chance begins: another number in every run, or the one in the system property {@code fuzz.seed}. */
public record Seed(long value) {

    private static final String PROPERTY = "fuzz.seed";

    /** The seed of this run, which is also printed, so that a run that hangs can be repeated as well. */
    public static Seed ofThisRun() {
        Seed seed = new Seed(Long.getLong(PROPERTY, System.nanoTime()));
        System.out.println(seed);
        return seed;
    }

    public Random random() {
        return new Random(value);
    }

    @Override
    public String toString() {
        return "-D" + PROPERTY + "=" + value;
    }
}
