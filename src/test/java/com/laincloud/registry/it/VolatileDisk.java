package com.laincloud.registry.it;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A disk of which a cut of the power leaves what had come to it by then: not what the operating system was still to write.
 *
 * <p>It is a file behind a loop device. The file lies in an XFS of its own, which can copy a file in an instant, while it is
 * being written to.
 */
final class VolatileDisk implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Path place;
    private final Path mountPoint;

    private VolatileDisk(Path place, Path mountPoint) {
        this.place = place;
        this.mountPoint = mountPoint;
    }

    /** A new disk with this filesystem, mounted. */
    static VolatileDisk create(String filesystem, Path mountPoint) throws IOException {
        VolatileDisk disk = new VolatileDisk(Files.createTempDirectory("registry-disk-"), mountPoint);
        Path host = Files.createDirectory(disk.place.resolve("host"));
        run("truncate", "-s", "6G", disk.place.resolve("host.image").toString());
        run(
                "mkfs.xfs",
                "-q",
                "-m",
                "reflink=1",
                disk.place.resolve("host.image").toString());
        run("mount", "-o", "loop", disk.place.resolve("host.image").toString(), host.toString());
        run("truncate", "-s", "2G", disk.image().toString());
        run(
                "mkfs." + filesystem,
                filesystem.equals("ext4") ? "-qF" : "-q",
                disk.image().toString());
        Files.createDirectories(mountPoint);
        disk.mount();
        return disk;
    }

    private Path image() {
        return place.resolve("host").resolve("disk.image");
    }

    private Path remains() {
        return place.resolve("host").resolve("remains.image");
    }

    /** Keeps what is on the disk at this moment. */
    void cut() throws IOException {
        run(
                "cp",
                "--reflink=always",
                "--sparse=auto",
                image().toString(),
                remains().toString());
    }

    /** Mounts what was on the disk when the power was cut, when no process uses the disk any more. */
    void comeBack() throws IOException {
        unmount(mountPoint);
        run("mv", remains().toString(), image().toString());
        mount();
    }

    private void mount() throws IOException {
        run("mount", "-o", "loop", image().toString(), mountPoint.toString());
        run("chmod", "755", mountPoint.toString());
    }

    @Override
    public void close() throws IOException {
        unmount(mountPoint);
        unmount(place.resolve("host"));
        DirectoryTree.delete(place);
    }

    /** A process that was killed may use it for a moment longer. */
    private static void unmount(Path mountPoint) throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                run("umount", mountPoint.toString());
                return;
            } catch (IOException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    private static void run(String... command) throws IOException {
        Process process =
                new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + ": " + output);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
