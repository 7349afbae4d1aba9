package com.laincloud.registry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.storage.AllKeys;
import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.StorageDriver.Note;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of blobs where the way to the store, or the store, fails. */
@ExtendWith(VersityGateway.Extension.class)
class S3TroubleIT {

    private static final int PART = 5 << 20;

    private final VersityGateway store;
    private final String bucket;

    S3TroubleIT(VersityGateway store) {
        this.store = store;
        this.bucket = store.bucket();
    }

    private S3Driver driver(TroubledWay way) {
        return new S3Driver(settings(way), Clock.systemUTC());
    }

    private S3 settings(TroubledWay way) {
        S3 direct = store.settings(bucket);
        return new S3(
                Optional.of(way.endpoint()),
                Optional.empty(),
                direct.region(),
                bucket,
                direct.credentials(),
                true,
                false,
                false,
                Optional.empty(),
                PART,
                "",
                Optional.empty(),
                Optional.empty(),
                direct.scratch(),
                direct.scratchSize());
    }

    private void requireAllToWork(Function<String, Fate> fates) {
        requireAllToWork(new TroubledWay(store.endpoint(), fates));
    }

    private void requireAllToWork(TroubledWay troubled) {
        try (TroubledWay way = troubled;
                S3Driver driver = driver(way)) {
            driver.write(Note.IDENTITY, "whose");
            assertThat(driver.note(Note.IDENTITY)).contains("whose");
            for (int length : new int[] {10, 2 * PART + 10}) {
                Sample sample = Sample.of(length, length);
                StorageKey key = sample.store(driver);
                assertThat(driver.size(key)).hasValue(length);
                assertThat(driver.content(key, length).open(0)).hasBinaryContent(sample.bytes());
                driver.delete(Set.of(key));
            }
            Sample sample = Sample.of(1, PART + 20);
            UUID upload = UUID.randomUUID();
            sample.write(driver, upload, 0, 0, 0, 10);
            sample.write(driver, upload, 1, 0, 10, PART + 20);
            StorageKey key = sample.commit(driver, upload, new Segment("0", 10), new Segment("1", PART + 10));
            assertThat(driver.content(key, sample.length()).open(0)).hasBinaryContent(sample.bytes());
            assertThat(AllKeys.of(driver)).containsExactly(key);
            driver.discard(upload);
            try (Stream<UUID> uploads = driver.uploadsOlderThan(Duration.ZERO)) {
                uploads.forEach(driver::sweep);
            }
        }
        assertThat(store.objects(bucket)).containsExactly("registry-identity");
        assertThat(store.unfinished(bucket)).isZero();
    }

    @Test
    void everyAnswerMayBeLostOnce() {
        requireAllToWork(firstOfEach(Fate.UNANSWERED));
    }

    @Test
    void everyRequestMayBeRefusedOnce() {
        requireAllToWork(firstOfEach(Fate.REFUSED));
    }

    @Test
    void everyConnectionMayBreakOnce() {
        requireAllToWork(firstOfEach(Fate.BROKEN));
    }

    @Test
    void aStoreThatKnowsNoConditionIsWrittenToWithout() {
        requireAllToWork(TroubledWay.withoutHeader(store.endpoint(), "If-None-Match"));
    }

    /** Two requests with the same first line are one and the same, tried again. */
    private static Function<String, Fate> firstOfEach(Fate fate) {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        return request -> seen.add(request) ? fate : Fate.PASSES;
    }

    @Test
    void whatAStoreRefusesToDeleteIsToldApart() {
        StorageKey going = StorageKey.object(UUID.randomUUID(), "0");
        StorageKey staying = StorageKey.object(UUID.randomUUID(), "0");
        String answer =
                "<DeleteResult><Error><Key>" + staying + "</Key><Code>AccessDenied</Code></Error></DeleteResult>";
        try (TroubledWay way = TroubledWay.answering(store.endpoint(), answer);
                S3Driver driver = driver(way)) {
            assertThat(driver.delete(Set.of(going, staying))).containsExactly(staying);
        }
        try (TroubledWay way = new TroubledWay(store.endpoint(), request -> Fate.REFUSED);
                S3Driver driver = driver(way)) {
            assertThat(driver.delete(Set.of(going, staying))).containsExactlyInAnyOrder(going, staying);
        }
    }

    @Test
    void aBlobOfMorePartsThanAStoreTakesHasNoRoom() {
        String begun = "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>";
        S3 direct = store.settings(bucket);
        try (TroubledWay way = TroubledWay.answering(store.endpoint(), begun);
                Bucket troubled = new Bucket(settings(way), BucketClient.credentials(direct));
                PartSenders senders = new PartSenders()) {
            ObjectWriter writer = new ObjectWriter(troubled, senders, new Scratch(direct.scratch(), 100), "large", 1);
            writer.write(new byte[10_001], 0, 10_001);
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(writer::close)
                    .withMessageContaining("no more than 10000 parts: a larger storage.s3.chunksize")
                    .matches(StorageException::isFull);
        }
    }

    @Test
    void oneRequestInTwentyMayMeetWithAnything() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Fate[] troubles = {Fate.REFUSED, Fate.FAILED, Fate.BROKEN, Fate.UNANSWERED};
        try (TroubledWay way = new TroubledWay(
                        store.endpoint(),
                        request -> random.nextInt(20) == 0 ? troubles[random.nextInt(troubles.length)] : Fate.PASSES);
                S3Driver driver = driver(way)) {
            for (int i = 0; i < 100; i++) {
                Sample sample = Sample.of(i, 1 + random.nextInt(i % 10 == 0 ? 3 * PART : 10_000));
                StorageKey key = sample.store(driver);
                assertThat(driver.content(key, sample.length()).open(0))
                        .as("seed %d", seed)
                        .hasBinaryContent(sample.bytes());
            }
        }
        assertThat(store.objects(bucket)).hasSize(100);
    }

    @Test
    void oneCallOfEachKindInTwentyMayMeetWithAnything() {
        Random random = new Random();
        Fate[] troubles = {Fate.REFUSED, Fate.FAILED, Fate.BROKEN, Fate.UNANSWERED};
        for (int i = 0; i < 20; i++) {
            requireAllToWork(
                    request -> random.nextInt(20) == 0 ? troubles[random.nextInt(troubles.length)] : Fate.PASSES);
            store.lose(bucket, "registry-identity");
        }
    }

    /** A minute or so: each of these waits until its time is over. */
    @Test
    void someKindsOfCallMayFindNoAnswerOnce() {
        int oneIn = 12;
        AtomicInteger kinds = new AtomicInteger(new Random().nextInt(oneIn));
        Set<String> seen = ConcurrentHashMap.newKeySet();
        requireAllToWork(
                request -> seen.add(request) && kinds.incrementAndGet() % oneIn == 0 ? Fate.SILENT : Fate.PASSES);
    }

    private static boolean isCompletion(String head) {
        return head.startsWith("POST ") && head.contains("uploadId=");
    }

    private static boolean isCopy(String head) {
        return head.toLowerCase(Locale.ROOT).contains("\nx-amz-copy-source:");
    }

    /** As of a completion or a copy that takes long: the store begins its answer before it knows. */
    @Test
    void anErrorInAnAnswerThatBeganWellIsAnError() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        requireAllToWork(TroubledWay.byHead(
                store.endpoint(),
                head -> (isCompletion(head) || isCopy(head)) && seen.add(head.substring(0, head.indexOf('\r')))
                        ? Fate.FAILED_LATE
                        : Fate.PASSES));
        assertThat(seen).hasSizeGreaterThanOrEqualTo(3);
        store.lose(bucket, "registry-identity");

        try (TroubledWay way = TroubledWay.byHead(
                        store.endpoint(), head -> isCompletion(head) ? Fate.FAILED_LATE : Fate.PASSES);
                S3Driver driver = driver(way)) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> Sample.of(1, 2 * PART).store(driver))
                    .withMessageContaining("InternalError")
                    .matches(e -> !e.isLost() && !e.isFull());
        }
        try (TroubledWay way =
                        TroubledWay.byHead(store.endpoint(), head -> isCopy(head) ? Fate.FAILED_LATE : Fate.PASSES);
                S3Driver driver = driver(way)) {
            Sample sample = Sample.of(2, 2 * PART);
            UUID upload = UUID.randomUUID();
            sample.write(driver, upload, 0, 0, 0, PART);
            sample.write(driver, upload, 1, 0, PART, 2 * PART);
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> sample.commit(driver, upload, new Segment("0", PART), new Segment("1", PART)))
                    .withMessageContaining("InternalError");
            driver.discard(upload);
        }
        assertThat(store.objects(bucket)).isEmpty();
        assertThat(store.unfinished(bucket)).isZero();
    }

    @Test
    void aStoreThatOnlyRefusesOrSaysNothingIsGivenUpInOneLine() {
        for (Fate fate : new Fate[] {Fate.REFUSED, Fate.SILENT}) {
            try (TroubledWay way = new TroubledWay(store.endpoint(), request -> fate);
                    S3Driver driver = driver(way)) {
                Instant begin = Instant.now();
                assertThatExceptionOfType(StorageException.class)
                        .isThrownBy(() -> driver.size(StorageKey.object(UUID.randomUUID(), "0")))
                        .withMessageContainingAll(bucket, "/0: ")
                        .matches(e -> !e.isLost() && !e.isFull())
                        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
                assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(35));
            }
        }
    }
}
