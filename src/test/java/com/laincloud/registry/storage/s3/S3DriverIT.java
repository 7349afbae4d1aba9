package com.laincloud.registry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.etcd.SelfSigned;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriverContract;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VersityGateway.Extension.class)
class S3DriverIT implements StorageDriverContract {

    private static final int PART = 5 << 20;

    private final VersityGateway store;
    private final String bucket;
    private final S3 settings;
    private final S3Driver driver;
    private final S3Driver another;

    S3DriverIT(VersityGateway store) {
        this.store = store;
        this.bucket = store.bucket();
        this.settings = store.settings(bucket);
        this.driver = new S3Driver(settings, Clock.systemUTC());
        this.another = new S3Driver(settings, Clock.systemUTC());
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

    @Override
    public boolean segmentsLieApart() {
        return false;
    }

    @Test
    void aBlobLiesWhereItsWriterPutItBelowTheRootDirectory() {
        Sample sample = Sample.of(1, 10);
        UUID upload = sample.upload(driver);
        assertThat(sample.commit(driver, upload)).isEqualTo(StorageKey.object(upload, "0"));
        assertThat(store.objects(bucket))
                .containsExactly("below/here/docker/registry/v2/objects/"
                        + upload.toString().substring(0, 2) + "/" + upload + "/0");
    }

    @Test
    void whatIsThereIsNotWrittenOver() {
        for (int length : new int[] {10, PART + 10}) {
            UUID upload = UUID.randomUUID();
            Sample sample = Sample.of(length, length);
            sample.write(driver, upload, 0, 0, 0, length);
            SegmentWriter overtaken = another.append(upload, new Segment("0", 0));
            byte[] others = Sample.of(length + 1, length + 1).bytes();
            overtaken.write(others, 0, others.length);

            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(overtaken::close)
                    .withMessageContaining("412 PreconditionFailed");

            assertThat(driver.read(upload, new Segment("0", length))).hasBinaryContent(sample.bytes());
        }
        assertThat(store.unfinished(bucket)).isZero();
    }

    @Test
    void aClockThatIsFarFromTheStoresIsSaidInOneLine() {
        for (int minutes : new int[] {-20, 20}) {
            try (S3Driver early =
                    new S3Driver(settings, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes)))) {
                assertThatExceptionOfType(StorageException.class)
                        .isThrownBy(early::check)
                        .withMessageMatching("bucket " + bucket + ": the clock of this machine is 1[12]\\d\\d s "
                                + (minutes < 0 ? "behind" : "ahead of") + " the store's");
            }
        }
        try (S3Driver near = new S3Driver(settings, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10)))) {
            near.check();
        }
        assertThat(store.objects(bucket)).isEmpty();
    }

    @Test
    void aBlobOfOneWriterCostsOneRequestOrItsPartsAndTwo() {
        for (int parts : new int[] {1, 2, 3}) {
            Sample sample = Sample.of(parts, PART * parts);
            assertThat(requests(sample::store)).as("%d parts", parts).isEqualTo(parts == 1 ? 1 : parts + 2);
        }
    }

    /** How many requests a driver makes, whatever the store, for work that is not its first. */
    private int requests(Consumer<S3Driver> work) {
        AtomicInteger count = new AtomicInteger();
        Function<String, Fate> counting = request -> {
            count.incrementAndGet();
            return Fate.PASSES;
        };
        try (TroubledWay way = new TroubledWay(store.endpoint(), counting);
                S3Driver counted = new S3Driver(store.settings(bucket, way.endpoint()), Clock.systemUTC())) {
            counted.delete(Set.of(Sample.of(99, 10).store(counted)));
            count.set(0);
            work.accept(counted);
            return count.get();
        }
    }

    @Test
    void bytesAroundTheEndOfAPartAreKept() {
        for (int length : new int[] {1, PART - 1, PART, PART + 1, 2 * PART - 1, 2 * PART, 2 * PART + 1}) {
            Sample sample = Sample.of(length, length);
            assertThat(driver.content(sample.store(driver), length).open(0)).hasBinaryContent(sample.bytes());
        }
        assertThat(store.unfinished(bucket)).isZero();
    }

    @Test
    void segmentsOfAnyLengthsBecomeOneBlob() {
        int small = 1000;
        for (int[] lengths : new int[][] {
            {small, small},
            {small, PART, small},
            {PART, small, PART, PART + small},
            {small, 2 * PART, small, small, 2 * PART},
            {PART - 1, 1, PART + 1},
            {2 * PART, 2 * PART}
        }) {
            Sample sample = Sample.of(lengths.length, Arrays.stream(lengths).sum());
            UUID upload = UUID.randomUUID();
            Segment[] segments = new Segment[lengths.length];
            int from = 0;
            for (int i = 0; i < lengths.length; i++) {
                sample.write(driver, upload, i, 0, from, from + lengths[i]);
                segments[i] = new Segment(Integer.toString(i), lengths[i]);
                from += lengths[i];
            }
            StorageKey key = sample.commit(another, upload, segments);
            assertThat(driver.content(key, sample.length()).open(0)).hasBinaryContent(sample.bytes());
            assertThat(driver.content(key, sample.length()).open(from - 1))
                    .hasBinaryContent(Arrays.copyOfRange(sample.bytes(), from - 1, from));
            driver.delete(Set.of(key));
        }
        assertThat(store.objects(bucket)).isEmpty();
        assertThat(store.unfinished(bucket)).isZero();
    }

    @Test
    void manyObjectsAreDeletedByOneRequest() {
        Set<StorageKey> keys = Stream.of(1, 2, 3)
                .map(seed -> Sample.of(seed, 10).store(driver))
                .collect(Collectors.toSet());
        assertThat(requests(counted -> assertThat(counted.delete(keys)).isEmpty()))
                .isOne();
        assertThat(store.objects(bucket)).isEmpty();
    }

    @Test
    void aWriterThatNeverEndsLeavesNoBlobAndIsSwept() {
        UUID upload = UUID.randomUUID();
        Sample sample = Sample.of(2, 2 * PART);
        SegmentWriter dead = driver.append(upload, new Segment("1", 0));
        dead.write(sample.bytes(), 0, sample.length());
        StorageKey blob = sample.store(driver);
        sample.write(another, upload, 2, 0, 0, 10);

        assertThat(store.unfinished(bucket)).isOne();
        try (Stream<UUID> uploads = another.uploadsOlderThan(Duration.ZERO);
                Stream<UUID> young = another.uploadsOlderThan(Duration.ofHours(1))) {
            assertThat(uploads).containsExactly(upload);
            assertThat(young).isEmpty();
        }
        another.sweep(upload);

        assertThat(store.unfinished(bucket)).isZero();
        assertThat(another.read(upload, new Segment("2", 10))).hasBinaryContent(Arrays.copyOf(sample.bytes(), 10));
        assertThat(another.size(blob)).hasValue(sample.length());
        assertThatExceptionOfType(StorageException.class).isThrownBy(dead::close);
        assertThat(store.objects(bucket)).hasSize(2);
    }

    @Test
    void aCommitThatWasInterruptedAfterItDroppedItsSegmentsIsFoundByTheNext() {
        Sample sample = Sample.of(3, 20);
        UUID upload = UUID.randomUUID();
        Segment[] segments = {new Segment("0", 10), new Segment("1", 10)};
        sample.write(driver, upload, 0, 0, 0, 10);
        sample.write(driver, upload, 1, 0, 10, 20);
        StorageKey key = sample.commit(driver, upload, segments);
        assertThat(another.committed(upload, sample.digest())).contains(key);
        assertThat(sample.commit(another, upload, segments)).isEqualTo(key);
        assertThat(driver.content(key, 20).open(0)).hasBinaryContent(sample.bytes());
    }

    @Test
    void whatIsWrongWithTheStoreIsSaidInOneLineWithoutSecrets() {
        requireRefusal(store.settings("no-such-bucket"), "no-such-bucket", "NoSuchBucket", "storage.s3.bucket");
        requireRefusal(with("stranger", "nothing", "us-east-1"), "storage.s3.accesskey");
        requireRefusal(
                with(VersityGateway.ACCESS_KEY, "wrong-and-secret", "us-east-1"),
                "SignatureDoesNotMatch",
                "storage.s3.secretkey");
        if (store.isOurs()) { // others take any
            requireRefusal(
                    with(VersityGateway.ACCESS_KEY, VersityGateway.SECRET_KEY, "eu-nowhere-1"), "storage.s3.region");
        }
    }

    private S3 with(String accessKey, String secretKey, String region) {
        return settings(store.endpoint(), accessKey, secretKey, region, false);
    }

    private S3 settings(URI endpoint, String accessKey, String secretKey, String region, boolean trustsAnyCertificate) {
        return new S3(
                Optional.of(endpoint),
                Optional.empty(),
                region,
                bucket,
                Optional.of(new S3.Credentials(accessKey, secretKey, Optional.empty())),
                true,
                trustsAnyCertificate,
                false,
                settings.keyId(),
                PART,
                "",
                settings.storageClass(),
                settings.objectAcl(),
                settings.scratch(),
                settings.scratchSize());
    }

    @Test
    void aCertificateThatNoAuthorityVouchesForIsRefusedUnlessAnyIsTaken(@TempDir Path directory) {
        try (VersityGateway secure = VersityGateway.startWithTls(SelfSigned.in(directory, "store"))) {
            requireRefusal(secured(secure, false), "certificates this machine trusts", "storage.s3.skipverify");
            requireRefusal(secured(secure, true), "NoSuchBucket");
        }
    }

    private S3 secured(VersityGateway secure, boolean trustsAnyCertificate) {
        return settings(
                secure.endpoint(),
                VersityGateway.ACCESS_KEY,
                VersityGateway.SECRET_KEY,
                "us-east-1",
                trustsAnyCertificate);
    }

    @Test
    void aStoreThatIsNotThereIsSaidToBeAway() {
        requireRefusal(
                settings(URI.create("http://127.0.0.1:1"), "key", "wrong-and-secret", "us-east-1", false),
                "storage.s3.regionendpoint");
    }

    @Test
    void aScratchThatCannotBeUsedIsNamed() {
        try (S3Driver refused = new S3Driver(withScratch(Path.of("/proc/registry"), 1 << 30), Clock.systemUTC())) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> Sample.of(4, 10).upload(refused))
                    .withMessageContainingAll("storage.s3.scratch", "/proc/registry");
        }
    }

    @Test
    void aScratchThatIsFullEndsAnUploadAndServesTheNext() {
        try (S3Driver narrow = new S3Driver(withScratch(settings.scratch(), 10), Clock.systemUTC())) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> Sample.of(4, 11).upload(narrow))
                    .withMessageContaining("storage.s3.scratchsize")
                    .matches(StorageException::isFull);
            assertThat(store.objects(bucket)).isEmpty();
            Sample.of(4, 10).store(narrow);
            Sample.of(5, 10).store(narrow);
        }
    }

    private S3 withScratch(Path scratch, long size) {
        return new S3(
                settings.endpoint(),
                Optional.empty(),
                settings.region(),
                bucket,
                settings.credentials(),
                true,
                false,
                false,
                settings.keyId(),
                PART,
                "",
                settings.storageClass(),
                settings.objectAcl(),
                scratch,
                size);
    }

    private static void requireRefusal(S3 settings, String... words) {
        try (S3Driver refused = new S3Driver(settings, Clock.systemUTC())) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(refused::check)
                    .withMessageContainingAll(words)
                    .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n", "wrong-and-secret"));
        }
    }
}
