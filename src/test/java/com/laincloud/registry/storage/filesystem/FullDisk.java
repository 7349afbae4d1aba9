package com.laincloud.registry.storage.filesystem;

import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;

/** Runs on a filesystem of 8 MiB, and says what came of it, a line each. */
final class FullDisk {

    private FullDisk() {}

    /**
     * Fills the disk and goes on.
     *
     * @param arguments the root of the driver
     */
    public static void main(String[] arguments) throws IOException {
        try (FilesystemDriver driver = new FilesystemDriver(Path.of(arguments[0]), 0, Clock.systemUTC())) {
            Sample kept = Sample.of(1, 1 << 20);
            StorageKey key = kept.store(driver);
            System.out.println("one upload takes what is left: " + fill(driver, UUID.randomUUID()));
            System.out.println("a stored blob is still read: " + isRead(driver, key, kept));
            discardAll(driver);
            System.out.println("there is room again: " + isRead(driver, kept.store(driver), kept));
            System.out.println("joining takes room: " + join(driver));
            discardAll(driver);
            System.out.println(
                    "a blob is still deleted: " + driver.delete(Set.of(key)).isEmpty());
        }
    }

    private static String fill(FilesystemDriver driver, UUID upload) {
        byte[] block = new byte[100_000];
        try (SegmentWriter writer = driver.append(upload, new Segment("0", 0))) {
            for (int i = 0; i < 1000; i++) {
                writer.write(block, 0, block.length);
            }
            return "not full";
        } catch (StorageException e) {
            return e.isFull() ? "full" : e.toString();
        }
    }

    private static String join(FilesystemDriver driver) {
        Sample sample = Sample.of(2, 4 << 20);
        UUID upload = UUID.randomUUID();
        int middle = sample.length() / 2;
        sample.write(driver, upload, 0, 0, 0, middle);
        sample.write(driver, upload, 1, 0, middle, sample.length());
        try {
            sample.commit(driver, upload, new Segment("0", middle), new Segment("1", middle));
            return "not full";
        } catch (StorageException e) {
            boolean none = AllKeys.of(driver).stream()
                    .flatMap(key -> key.digest().stream())
                    .noneMatch(sample.digest()::equals);
            return e.isFull() && none ? "full" : e.toString();
        }
    }

    private static boolean isRead(FilesystemDriver driver, StorageKey key, Sample sample) throws IOException {
        try (InputStream bytes = driver.content(key, sample.length()).open(0)) {
            return Arrays.equals(bytes.readAllBytes(), sample.bytes());
        }
    }

    private static void discardAll(FilesystemDriver driver) {
        try (Stream<UUID> uploads = driver.uploadsOlderThan(Duration.ZERO)) {
            uploads.forEach(driver::discard);
        }
    }
}
