package com.laincloud.registry.storage.filesystem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriverContract;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.StoredContent;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesystemDriverTest implements StorageDriverContract {

    @TempDir
    private Path root;

    private FilesystemDriver driver;
    private FilesystemDriver another;

    @BeforeEach
    void openDrivers() {
        driver = new FilesystemDriver(root, 0, Clock.systemUTC());
        another = new FilesystemDriver(root, 0, Clock.systemUTC());
    }

    @AfterEach
    void closeDrivers() {
        driver.close();
        another.close();
    }

    @Override
    public StorageDriver driver() {
        return driver;
    }

    @Override
    public StorageDriver anotherInstance() {
        return another;
    }

    @Test
    void aBlobLiesBelowItsDigestUnderTheNumberOfItsUpload() {
        Sample sample = Sample.of(1, 10);
        UUID upload = sample.upload(driver);
        assertThat(root.resolve("docker/registry/v2/uploads/" + upload + "/0")).hasBinaryContent(sample.bytes());
        StorageKey key = sample.commit(driver, upload);
        String digits = sample.digest().encoded();
        assertThat(key.path())
                .isEqualTo("docker/registry/v2/blobs/sha256/" + digits.substring(0, 2) + "/" + digits + "/" + upload);
        assertThat(root.resolve(key.path())).hasBinaryContent(sample.bytes());
        assertThat(root.resolve("docker/registry/v2/uploads")).isEmptyDirectory();
    }

    @Test
    void theFileOfABlobIsTold() {
        Sample sample = Sample.of(2, 10);
        StorageKey key = sample.store(driver);
        assertThat(driver.content(key, 10))
                .isInstanceOfSatisfying(
                        StoredContent.InFile.class,
                        content -> assertThat(content.file()).hasBinaryContent(sample.bytes()));
    }

    @Test
    void aTreeOfDockerDistributionIsReadListedAndDeletedFrom() throws IOException {
        Sample sample = Sample.of(3, 10);
        String digits = sample.digest().encoded();
        StorageKey key =
                new StorageKey("docker/registry/v2/blobs/sha256/" + digits.substring(0, 2) + "/" + digits + "/data");
        Files.createDirectories(root.resolve(key.path()).getParent());
        Files.write(root.resolve(key.path()), sample.bytes());

        StorageKey pushedAgain = sample.store(driver);

        assertThat(AllKeys.of(driver)).containsExactlyInAnyOrder(key, pushedAgain);
        try (InputStream bytes = driver.content(key, 10).open(4)) {
            assertThat(bytes.readAllBytes()).hasSize(6);
        }
        assertThat(driver.delete(Set.of(key))).isEmpty();
        assertThat(AllKeys.of(driver)).containsExactly(pushedAgain);
    }

    @Test
    void whatIsNoBlobIsNoKey() throws IOException {
        Path blobs = root.resolve("docker/registry/v2/blobs");
        String digits = Sample.of(4, 10).digest().encoded();
        Path ofDigest = blobs.resolve("sha256").resolve(digits.substring(0, 2)).resolve(digits);
        Files.createDirectories(ofDigest.resolve("data"));
        Files.writeString(ofDigest.resolve("notes.txt"), "");
        Files.createDirectories(blobs.resolve("sha256/zz/" + digits));
        Files.writeString(blobs.resolve("sha256/zz/" + digits + "/data"), "");
        Files.writeString(blobs.resolve("lost+found"), "");
        Files.createDirectories(blobs.resolve("tarsum/v1/sha256/" + digits));
        assertThat(AllKeys.of(driver)).isEmpty();
    }

    @Test
    void deletingTheLastBlobOfADigestRemovesItsDirectory() {
        StorageKey key = Sample.of(5, 10).store(driver);
        driver.delete(Set.of(key));
        assertThat(root.resolve(key.path()).getParent()).doesNotExist();
        assertThat(root.resolve(key.path()).resolveSibling("..").normalize()).isEmptyDirectory();
    }

    @Test
    void whatCannotBeDeletedIsToldAndTheRestIsDeleted() throws IOException {
        StorageKey going = Sample.of(5, 10).store(driver);
        StorageKey staying = StorageKey.of(Sample.of(6, 10).digest(), UUID.randomUUID());
        Files.createDirectories(root.resolve(staying.path()).resolve("not-empty"));
        assertThat(driver.delete(List.of(staying, going))).containsExactly(staying);
        assertThat(root.resolve(going.path())).doesNotExist();
    }

    @Test
    void theBytesOfTheOnlySegmentAreMovedNotCopied() throws IOException {
        Sample sample = Sample.of(6, 1000);
        UUID upload = sample.upload(driver);
        Object before = Files.getAttribute(root.resolve("docker/registry/v2/uploads/" + upload + "/0"), "unix:ino");
        StorageKey key = sample.commit(driver, upload);
        assertThat(Files.getAttribute(root.resolve(key.path()), "unix:ino")).isEqualTo(before);
    }

    @Test
    void whatACrashLeavesIsNoBlobAndIsSwept() throws IOException {
        Sample sample = Sample.of(7, 1000);
        UUID upload = sample.upload(driver);
        Path directory = root.resolve("docker/registry/v2/uploads/" + upload);
        Files.writeString(directory.resolve("joined-" + UUID.randomUUID()), "half of what it was to be");
        Files.createDirectories(
                root.resolve(StorageKey.of(sample.digest(), upload).path()).getParent());

        assertThat(AllKeys.of(another)).isEmpty();
        try (Stream<UUID> uploads = another.uploadsOlderThan(Duration.ZERO)) {
            assertThat(uploads).containsExactly(upload);
        }
        assertThat(another.content(sample.commit(another, upload), 1000).open(0))
                .hasBinaryContent(sample.bytes());
        assertThat(directory).doesNotExist();
    }

    @Test
    void aCommitInterruptedAfterTheMoveIsFinishedByTheNext() throws IOException {
        Sample sample = Sample.of(8, 1000);
        UUID upload = sample.upload(driver);
        StorageKey key = sample.commit(driver, upload);
        Files.createDirectories(root.resolve("docker/registry/v2/uploads/" + upload));
        Files.writeString(root.resolve("docker/registry/v2/uploads/" + upload + "/3"), "leavings");
        sample.commit(another, upload);
        assertThat(root.resolve("docker/registry/v2/uploads")).isEmptyDirectory();
        assertThat(root.resolve(key.path())).hasBinaryContent(sample.bytes());
    }

    @Test
    void theAgeOfAnUploadIsThatOfItsYoungestBytes() throws IOException {
        Instant now = Instant.parse("2026-01-01T12:00:00Z");
        UUID old = Sample.of(9, 10).upload(driver);
        UUID young = Sample.of(9, 10).upload(driver);
        setAge(old, now.minus(Duration.ofHours(3)), now.minus(Duration.ofHours(2)));
        setAge(young, now.minus(Duration.ofHours(3)), now.minus(Duration.ofMinutes(1)));
        Files.createDirectories(root.resolve("docker/registry/v2/uploads/no-upload"));
        try (FilesystemDriver later = new FilesystemDriver(root, 0, Clock.fixed(now, ZoneOffset.UTC));
                Stream<UUID> uploads = later.uploadsOlderThan(Duration.ofHours(1))) {
            assertThat(uploads).containsExactly(old);
        }
    }

    private void setAge(UUID upload, Instant directory, Instant segment) throws IOException {
        Path path = root.resolve("docker/registry/v2/uploads/" + upload);
        Files.setLastModifiedTime(path.resolve("0"), FileTime.from(segment));
        Files.setLastModifiedTime(path, FileTime.from(directory));
    }

    @Test
    void aRootThatIsNoDirectoryIsNamed() throws IOException {
        Path file = Files.writeString(root.resolve("file"), "");
        for (Path unusable : List.of(file, file.resolve("below"), Path.of("/proc/registry"))) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> new FilesystemDriver(unusable, 0, Clock.systemUTC()).close())
                    .withMessageContaining("storage root")
                    .withMessageContaining(unusable.toString());
        }
    }

    @Test
    void aRootThatCannotBeWrittenToFailsTheCheckAndIsNamed() {
        try (FilesystemDriver unwritable = new FilesystemDriver(Path.of("/proc/self"), 0, Clock.systemUTC())) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(unwritable::check)
                    .withMessageContaining("/proc/self")
                    .matches(e -> !e.isFull());
        }
    }

    @Test
    void aRootIsMadeWithAllAboveIt() {
        Path deep = root.resolve("a/b/c");
        try (FilesystemDriver fresh = new FilesystemDriver(deep, 0, Clock.systemUTC())) {
            fresh.check();
        }
        assertThat(deep).isDirectory();
    }

    @Test
    void noUploadGoesOnIntoTheReserve() {
        UUID upload = Sample.of(10, 10).upload(driver);
        try (FilesystemDriver reserved = new FilesystemDriver(root, Long.MAX_VALUE, Clock.systemUTC())) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(
                            () -> reserved.append(upload, new Segment("0", 10)).close())
                    .matches(StorageException::isFull)
                    .withMessageContaining(root.toString());
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(reserved::check)
                    .matches(StorageException::isFull);
            reserved.discard(upload);
        }
    }

    @Test
    void aDeviceWithoutRoomIsToldFromOneThatFails() throws IOException {
        UUID upload = UUID.randomUUID();
        Path directory = Files.createDirectories(root.resolve("docker/registry/v2/uploads/" + upload));
        Files.createSymbolicLink(directory.resolve("0"), Path.of("/dev/full"));
        try (SegmentWriter writer = driver.append(upload, new Segment("0", 0))) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> writer.write(new byte[10], 0, 10))
                    .matches(StorageException::isFull);
        }
        Files.delete(directory.resolve("0"));
        Files.createDirectory(directory.resolve("1"));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver.append(upload, new Segment("1", 0)).close())
                .matches(e -> !e.isFull());
    }

    @Test
    void uploadsGoOnAfterCloseJustWithoutEarlyWriteBack() throws IOException {
        Sample sample = Sample.of(11, 40 << 20);
        driver.close();
        StorageKey key = sample.store(driver);
        try (InputStream bytes = driver.content(key, sample.length()).open(0)) {
            assertThat(Digest.of(sample.digest().algorithm(), bytes.readAllBytes()))
                    .isEqualTo(sample.digest());
        }
    }

    @Test
    void aCommitThatLeavesAWriterBehindIsReadToItsSizeOnly() throws IOException {
        Sample sample = Sample.of(12, 1000);
        UUID upload = UUID.randomUUID();
        StorageKey key;
        try (SegmentWriter behind = driver.append(upload, new Segment("0", 0))) {
            behind.write(sample.bytes(), 0, 1000);
            key = sample.commit(another, upload);
            behind.write(new byte[100], 0, 100);
        }
        assertThat(driver.content(key, 1000).open(0)).hasBinaryContent(sample.bytes());
    }
}
