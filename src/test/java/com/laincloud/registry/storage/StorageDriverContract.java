package com.laincloud.registry.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What every driver keeps. A driver's test implements this, and adds only what is true of that driver alone. */
public interface StorageDriverContract {

    int THREADS = 16;

    /** The driver under test, empty at the beginning of each test. */
    StorageDriver driver();

    /** A driver like that of another instance of the registry, over the same medium. */
    StorageDriver anotherInstance();

    /**
     * Whether segments lie apart from blobs. If not, a segment may be a blob as it lies: it is among the keys, and not among the
     * uploads, which are those that have never ended what they wrote.
     */
    default boolean segmentsLieApart() {
        return true;
    }

    @Test
    default void whatWasCommittedIsReadBack() throws IOException {
        Sample sample = Sample.of(1, 100_000);
        StorageKey key = sample.store(driver());
        assertThat(read(key, sample.length(), 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void theKeyTellsTheUploadAndNoWrongDigest() {
        Sample sample = Sample.of(2, 10);
        UUID upload = sample.upload(driver());
        StorageKey key = sample.commit(driver(), upload);
        assertThat(key.upload()).contains(upload);
        assertThat(key.digest()).isIn(Optional.empty(), Optional.of(sample.digest()));
    }

    @Test
    default void anotherInstanceFindsWhatACommitHasMovedAndNothingBefore() {
        Sample sample = Sample.of(3, 20);
        UUID upload = UUID.randomUUID();
        sample.write(driver(), upload, 0, 0, 0, 10);
        sample.write(driver(), upload, 1, 0, 10, 20);
        assertThat(anotherInstance().committed(upload, sample.digest())).isEmpty();
        StorageKey key = sample.commit(driver(), upload, new Segment("0", 10), new Segment("1", 10));
        assertThat(anotherInstance().committed(upload, sample.digest())).contains(key);
        assertThat(anotherInstance().committed(UUID.randomUUID(), sample.digest()))
                .isEmpty();
    }

    @Test
    default void theSameContentGetsAnotherKeyInAnotherUpload() {
        Sample sample = Sample.of(4, 10);
        List<StorageKey> keys = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            keys.add(sample.store(driver()));
            driver().delete(Set.of(keys.getLast()));
        }
        assertThat(keys).doesNotHaveDuplicates();
    }

    @Test
    default void blobsOfSha512AreKeptLikeThoseOfSha256() throws IOException {
        Sample sample = Sample.of(5, 1000, DigestAlgorithm.SHA512);
        StorageKey key = sample.store(driver());
        assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void anEmptyBlobIsABlob() throws IOException {
        Sample empty = Sample.of(6, 0);
        StorageKey key = empty.store(driver());
        assertThat(read(key, 0, 0)).isEmpty();
        assertThat(keys()).containsExactly(key);
    }

    @Test
    default void anUploadThatNeverWroteBecomesAnEmptyBlob() throws IOException {
        UUID upload = UUID.randomUUID();
        StorageKey key = Sample.of(6, 0).commit(driver(), upload, new Segment[0]);
        assertThat(read(key, 0, 0)).isEmpty();
    }

    @Test
    default void contentOpensAtTheBeginningInTheMiddleAndAtTheEnd() throws IOException {
        Sample sample = Sample.of(7, 300_000);
        StorageKey key = sample.store(driver());
        for (int offset : new int[] {0, 1, 150_000, 299_999, 300_000}) {
            assertThat(read(key, sample.length(), offset)).isEqualTo(tail(sample.bytes(), offset));
        }
    }

    @Test
    default void contentOpensOnlyWithinTheBlob() {
        Sample sample = Sample.of(8, 10);
        StoredContent content = driver().content(sample.store(driver()), 10);
        assertThatThrownBy(() -> content.open(11)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> content.open(-1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    default void contentSkipsAndReadsSingleBytes() throws IOException {
        Sample sample = Sample.of(9, 10);
        try (InputStream bytes = driver().content(sample.store(driver()), 10).open(2)) {
            assertThat(bytes.skip(3)).isEqualTo(3);
            assertThat(bytes.read()).isEqualTo(Byte.toUnsignedInt(sample.bytes()[5]));
            assertThat(bytes.skip(100)).isEqualTo(4);
            assertThat(bytes.read()).isEqualTo(-1);
        }
    }

    @Test
    default void contentTellsTheRecordedSizeWithoutBeingThere() {
        assertThat(driver().content(unknownKey(), 17).size()).isEqualTo(17);
    }

    @Test
    default void openingAMissingBlobNamesItsKey() {
        StorageKey key = unknownKey();
        StoredContent content = driver().content(key, 1);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> content.open(0))
                .withMessageContaining(key.path())
                .matches(e -> !e.isFull());
    }

    @Test
    default void openingABlobThatIsShorterThanRecordedFails() {
        StoredContent content = driver().content(Sample.of(10, 10).store(driver()), 11);
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> content.open(0));
    }

    @Test
    default void aDeletedBlobIsGone() {
        Sample sample = Sample.of(11, 10);
        StorageKey key = sample.store(driver());
        assertThat(driver().delete(Set.of(key))).isEmpty();
        assertThat(keys()).isEmpty();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().content(key, 10).open(0));
    }

    @Test
    default void manyAreDeletedAtOnceAndWhatIsNotThereAsWell() {
        StorageKey first = Sample.of(12, 10).store(driver());
        StorageKey second = Sample.of(13, 10).store(driver());
        StorageKey other = Sample.of(14, 10).store(driver());
        assertThat(driver().delete(Set.of(first, second, unknownKey()))).isEmpty();
        assertThat(keys()).containsExactly(other);
        assertThat(driver().delete(Set.of(first))).isEmpty();
        assertThat(driver().delete(Set.of())).isEmpty();
    }

    @Test
    default void deletingOneKeyLeavesTheSameContentUnderAnother() throws IOException {
        Sample sample = Sample.of(13, 10);
        StorageKey old = sample.store(driver());
        StorageKey young = sample.store(driver());
        driver().delete(Set.of(old));
        assertThat(keys()).containsExactly(young);
        assertThat(read(young, 10, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void keysAreThoseOfAllBlobsAndOfNothingElse() {
        UUID upload = Sample.of(14, 10).upload(driver());
        List<StorageKey> stored = IntStream.range(0, 20)
                .mapToObj(seed -> Sample.of(seed, 10).store(driver()))
                .collect(Collectors.toCollection(ArrayList::new));
        if (!segmentsLieApart()) {
            stored.add(StorageKey.object(upload, "0"));
        }
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(stored);
    }

    @Test
    default void anEmptyDriverHasNoKeysAndNoUploads() {
        assertThat(keys()).isEmpty();
        assertThat(uploads(Duration.ZERO)).isEmpty();
    }

    @Test
    default void aSegmentIsReadBackToItsRecordedLength() throws IOException {
        Sample sample = Sample.of(15, 1000);
        UUID upload = sample.upload(driver());
        try (InputStream bytes = anotherInstance().read(upload, new Segment("0", 600))) {
            assertThat(bytes.readAllBytes()).isEqualTo(head(sample.bytes(), 600));
        }
    }

    @Test
    default void readingMoreThanASegmentHoldsFails() {
        UUID upload = Sample.of(16, 10).upload(driver());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().read(upload, new Segment("0", 11)).close());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().read(upload, new Segment("1", 1)).close());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() ->
                        driver().read(UUID.randomUUID(), new Segment("0", 1)).close());
    }

    @Test
    default void anotherInstanceGoesOnWithASegment() throws IOException {
        Sample sample = Sample.of(17, 1000);
        UUID upload = UUID.randomUUID();
        sample.write(driver(), upload, 0, 0, 0, 400);
        if (!driver().segmentsGrow()) {
            requireLost(() ->
                    anotherInstance().append(upload, new Segment("0", 400)).close());
            return;
        }
        sample.write(anotherInstance(), upload, 0, 400, 400, 1000);
        assertThat(read(sample.commit(driver(), upload), 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void appendingDropsWhatWasWrittenPastTheOffset() throws IOException {
        if (!driver().segmentsGrow()) { // what a writer has ended, another may not write over
            return;
        }
        Sample sample = Sample.of(18, 1000);
        UUID upload = Sample.of(19, 2000).upload(driver());
        sample.write(driver(), upload, 0, 0, 0, 500);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().read(upload, new Segment("0", 501)).close());
        sample.write(driver(), upload, 0, 300, 300, 1000);
        assertThat(read(sample.commit(driver(), upload), 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void appendingBeyondWhatIsThereFails() {
        UUID upload = Sample.of(20, 10).upload(driver());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().append(upload, new Segment("0", 11)).close());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().append(upload, new Segment("1", 1)).close());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() ->
                        driver().append(UUID.randomUUID(), new Segment("0", 1)).close());
    }

    @Test
    default void aWriterTakesPartsOfItsBuffer() throws IOException {
        Sample sample = Sample.of(21, 1000);
        UUID upload = UUID.randomUUID();
        try (SegmentWriter writer = driver().append(upload, new Segment("0", 0))) {
            writer.write(sample.bytes(), 0, 1);
            writer.write(sample.bytes(), 1, 0);
            writer.write(sample.bytes(), 1, 998);
            writer.write(sample.bytes(), 999, 1);
            assertThatThrownBy(() -> writer.write(sample.bytes(), 999, 2))
                    .isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThat(read(sample.commit(driver(), upload), 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void severalSegmentsBecomeOneBlobInTheirOrder() throws IOException {
        Sample sample = Sample.of(22, 700_000);
        UUID upload = UUID.randomUUID();
        sample.write(driver(), upload, 1, 0, 100_000, 400_000);
        sample.write(driver(), upload, 0, 0, 0, 100_000);
        sample.write(driver(), upload, 2, 0, 400_000, 700_000);
        StorageKey key = sample.commit(
                driver(), upload, new Segment("0", 100_000), new Segment("1", 300_000), new Segment("2", 300_000));
        assertThat(read(key, 700_000, 0)).isEqualTo(sample.bytes());
        assertThat(uploads(Duration.ZERO)).isEmpty();
    }

    @Test
    default void bytesPastTheRecordedLengthsAreNoPartOfTheBlob() throws IOException {
        if (!driver().segmentsGrow()) { // a writer that ended has written what counts, and nothing else
            return;
        }
        Sample sample = Sample.of(23, 1000);
        UUID upload = Sample.of(24, 5000).upload(driver());
        sample.write(driver(), upload, 0, 0, 0, 1000);
        try (SegmentWriter writer = driver().append(upload, new Segment("0", 1000))) {
            writer.write(new byte[500], 0, 500);
        }
        assertThat(read(sample.commit(driver(), upload), 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void segmentsWithoutBytesDoNotMatter() throws IOException {
        Sample sample = Sample.of(25, 1000);
        UUID upload = UUID.randomUUID();
        sample.write(driver(), upload, 1, 0, 0, 1000);
        StorageKey key =
                sample.commit(driver(), upload, new Segment("0", 0), new Segment("1", 1000), new Segment("2", 0));
        assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void anOvertakenWriterChangesNothingBeforeTheCommitNorAfter() throws IOException {
        Sample sample = Sample.of(26, 1000);
        UUID upload = UUID.randomUUID();
        StorageKey key;
        try (SegmentWriter overtaken = driver().append(upload, new Segment("0", 0))) {
            overtaken.write(sample.bytes(), 0, 600);
            int counted = driver().segmentsGrow() ? 600 : 0; // otherwise bytes count when their writer has ended
            sample.write(anotherInstance(), upload, 1, 0, counted, 1000);
            overtaken.write(new byte[300], 0, 300);
            key = sample.commit(anotherInstance(), upload, new Segment("0", counted), new Segment("1", 1000 - counted));
            overtaken.write(new byte[10_000], 0, 10_000);
        }
        assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
        assertThat(hashOfAll(key, sample)).isEqualTo(sample.digest());
    }

    @Test
    default void anOvertakenWriterOfASegmentAmongEmptyOnesChangesNothing() throws IOException {
        Sample sample = Sample.of(27, 1000);
        UUID upload = UUID.randomUUID();
        if (!driver().segmentsGrow()) { // bytes count when their writer has ended
            sample.write(driver(), upload, 0, 0, 0, 1000);
            StorageKey key = sample.commit(driver(), upload, new Segment("0", 1000), new Segment("1", 0));
            assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
            return;
        }
        StorageKey key;
        try (SegmentWriter overtaken = driver().append(upload, new Segment("0", 0))) {
            overtaken.write(sample.bytes(), 0, 1000);
            key = sample.commit(driver(), upload, new Segment("0", 1000), new Segment("1", 0));
            overtaken.write(new byte[1000], 0, 1000);
        }
        assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
        if (driver().content(key, 1000) instanceof StoredContent.InFile inFile) {
            assertThat(inFile.file()).hasSize(1000);
        }
    }

    @Test
    default void committingDropsTheUpload() {
        Sample sample = Sample.of(28, 1000);
        UUID upload = sample.upload(driver());
        sample.write(driver(), upload, 7, 0, 0, 10);
        sample.commit(driver(), upload, new Segment("0", 1000), new Segment("7", 10));
        assertThat(uploads(Duration.ZERO)).isEmpty();
        for (String segment : List.of("0", "7")) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() ->
                            driver().read(upload, new Segment(segment, 10)).close());
        }
    }

    @Test
    default void whatIsCutIsDroppedAndTheRestStays() throws IOException {
        Sample sample = Sample.of(40, 1000);
        UUID upload = sample.upload(driver());
        if (!driver().segmentsGrow()) {
            driver().cut(upload, new Segment("0", 0));
            requireLost(() -> driver().read(upload, new Segment("0", 1)).close());
            return;
        }
        driver().cut(upload, new Segment("0", 600));
        driver().cut(upload, new Segment("0", 800)); // it holds no more
        driver().cut(upload, new Segment("7", 0)); // there is none
        driver().cut(UUID.randomUUID(), new Segment("0", 0));

        try (InputStream bytes = driver().read(upload, new Segment("0", 600))) {
            assertThat(bytes.readAllBytes()).isEqualTo(head(sample.bytes(), 600));
        }
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().read(upload, new Segment("0", 601)).close())
                .matches(StorageException::isLost);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().append(upload, new Segment("0", 601)).close())
                .matches(StorageException::isLost);
    }

    @Test
    default void bytesThatShouldBeThereAndAreNotAreLost() {
        Sample sample = Sample.of(41, 1000);
        UUID upload = sample.upload(driver());
        StorageKey stored = Sample.of(42, 10).store(driver());
        for (ThrowingCallable attempt : List.<ThrowingCallable>of(
                () -> driver().append(upload, new Segment("1", 1)).close(),
                () -> driver().append(UUID.randomUUID(), new Segment("0", 1)).close(),
                () -> driver().read(UUID.randomUUID(), new Segment("0", 1)).close(),
                () -> sample.commit(driver(), upload, new Segment("0", 1000), new Segment("1", 1)),
                () -> driver().content(unknownKey(), 10).open(0).close(),
                () -> driver().content(stored, 11).open(0).close())) {
            requireLost(attempt);
        }
    }

    private static void requireLost(ThrowingCallable attempt) {
        assertThatExceptionOfType(StorageException.class).isThrownBy(attempt).matches(StorageException::isLost);
    }

    @Test
    default void committingAgainDoesNothing() throws IOException {
        Sample sample = Sample.of(29, 1000);
        UUID upload = sample.upload(driver());
        StorageKey key = sample.commit(driver(), upload);
        assertThat(sample.commit(anotherInstance(), upload)).isEqualTo(key);
        assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
        assertThat(keys()).containsExactly(key);
    }

    @Test
    default void committingMoreThanThereIsFailsAndLeavesNoBlob() {
        Sample sample = Sample.of(30, 1000);
        UUID upload = sample.upload(driver());
        if (driver().segmentsGrow()) { // otherwise a segment that counts is whole, and is not asked for again
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> sample.commit(driver(), upload, new Segment("0", 1001)));
        }
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> sample.commit(driver(), upload, new Segment("0", 1000), new Segment("1", 1)));
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> sample.commit(driver(), upload, new Segment("0", 1001), new Segment("1", 1)));
        driver().discard(upload);
        assertThat(keys()).isEmpty();
    }

    @Test
    default void aCommitThatFailedCanBeRepeated() throws IOException {
        Sample sample = Sample.of(31, 1000);
        UUID upload = sample.upload(driver());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> sample.commit(driver(), upload, new Segment("0", 999), new Segment("1", 1)));
        assertThat(read(sample.commit(driver(), upload), 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void aDiscardedUploadIsGone() {
        UUID upload = Sample.of(32, 1000).upload(driver());
        driver().discard(upload);
        assertThat(uploads(Duration.ZERO)).isEmpty();
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().read(upload, new Segment("0", 1)).close());
    }

    @Test
    default void discardingTwiceOrWithoutReasonDoesNothing() {
        UUID other = Sample.of(33, 10).upload(driver());
        UUID upload = Sample.of(33, 10).upload(driver());
        driver().discard(upload);
        driver().discard(upload);
        driver().discard(UUID.randomUUID());
        assertThat(driver().read(other, new Segment("0", 10)))
                .hasBinaryContent(Sample.of(33, 10).bytes());
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> driver().read(upload, new Segment("0", 10)).close());
    }

    @Test
    default void discardingUnderAWriterDropsWhatItWrites() {
        UUID upload = UUID.randomUUID();
        try (SegmentWriter writer = driver().append(upload, new Segment("0", 0))) {
            writer.write(new byte[100], 0, 100);
            driver().discard(upload);
            writer.write(new byte[100], 0, 100);
        }
        assertThat(uploads(Duration.ZERO)).isEmpty();
    }

    @Test
    default void uploadsAreFoundByTheirAge() {
        UUID upload = Sample.of(34, 10).upload(driver());
        assertThat(uploads(Duration.ZERO)).isEqualTo(segmentsLieApart() ? List.of(upload) : List.of());
        assertThat(uploads(Duration.ofHours(1))).isEmpty();
    }

    @Test
    default void aSweepLeavesNoUploadAndEveryBlob() throws IOException {
        Sample sample = Sample.of(43, 1000);
        UUID upload = sample.upload(driver());
        StorageKey key = sample.commit(driver(), upload);
        driver().sweep(upload);
        driver().sweep(Sample.of(44, 10).upload(driver()));
        assertThat(uploads(Duration.ZERO)).isEmpty();
        assertThat(read(key, 1000, 0)).isEqualTo(sample.bytes());
    }

    @Test
    default void theMediumPassesItsCheckAndNothingIsLeftOfIt() {
        driver().check();
        assertThat(keys()).isEmpty();
        assertThat(uploads(Duration.ZERO)).isEmpty();
    }

    @Test
    default void aLargeBlobIsStreamed() throws IOException {
        int length = 64 << 20;
        byte[] block = Sample.of(35, 1 << 20).bytes();
        MessageDigest hash = DigestAlgorithm.SHA256.newMessageDigest();
        UUID upload = UUID.randomUUID();
        try (SegmentWriter writer = driver().append(upload, new Segment("0", 0))) {
            for (int written = 0; written < length; written += block.length) {
                block[0]++;
                writer.write(block, 0, block.length);
                hash.update(block);
            }
        }
        Digest digest = Digest.finish(DigestAlgorithm.SHA256, hash);
        StorageKey key = driver().commit(upload, List.of(new Segment("0", length)), digest);
        assertThat(hashOfAll(key, length, DigestAlgorithm.SHA256)).isEqualTo(digest);
    }

    @Test
    default void manyThreadsCommitTheSameContentAtOnce() throws Exception {
        Sample sample = Sample.of(36, 50_000);
        List<StorageKey> stored = inParallel(thread -> sample.store(driver()));
        assertThat(stored).doesNotHaveDuplicates().hasSize(THREADS);
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(stored);
        for (StorageKey key : stored) {
            assertThat(hashOfAll(key, sample)).isEqualTo(sample.digest());
        }
    }

    @Test
    default void manyThreadsCommitDifferentContentAtOnce() throws Exception {
        Map<StorageKey, Sample> stored = new ConcurrentHashMap<>();
        inParallel(thread -> {
            for (int i = 0; i < 10; i++) {
                Sample sample = Sample.of(1000L * thread + i, 1000);
                stored.put(sample.store(driver()), sample);
            }
            return stored;
        });
        assertThat(stored).hasSize(10 * THREADS);
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(stored.keySet());
        for (Map.Entry<StorageKey, Sample> blob : stored.entrySet()) {
            assertThat(hashOfAll(blob.getKey(), blob.getValue()))
                    .isEqualTo(blob.getValue().digest());
        }
    }

    @Test
    default void manyThreadsCommitAndDeleteTheSameContentAtOnce() throws Exception {
        Sample sample = Sample.of(37, 100);
        List<StorageKey> kept = inParallel(thread -> {
            for (int i = 0; i < 20; i++) {
                StorageKey key = sample.store(driver());
                assertThat(driver().delete(Set.of(key))).isEmpty();
            }
            return sample.store(driver());
        });
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(kept);
    }

    @Test
    default void theSameUploadIsCommittedByManyThreadsAtOnce() throws Exception {
        Sample sample = Sample.of(38, 100_000);
        UUID upload = UUID.randomUUID();
        sample.write(driver(), upload, 0, 0, 0, 60_000);
        sample.write(driver(), upload, 1, 0, 60_000, 100_000);
        List<Optional<StorageKey>> outcomes = inParallel(thread -> {
            try {
                return Optional.of(sample.commit(driver(), upload, new Segment("0", 60_000), new Segment("1", 40_000)));
            } catch (StorageException e) {
                return Optional.empty();
            }
        });
        List<StorageKey> committed =
                outcomes.stream().flatMap(Optional::stream).distinct().toList();
        assertThat(committed).hasSize(1);
        assertThat(keys()).containsExactlyElementsOf(committed);
        assertThat(hashOfAll(committed.getFirst(), sample)).isEqualTo(sample.digest());
    }

    private List<StorageKey> keys() {
        return AllKeys.of(driver());
    }

    @Test
    default void keysAreToldPageByPageInOneOrderWithSizeAndTime() {
        Instant begin = Instant.now().minusSeconds(2); // a medium may have no more than whole seconds
        Map<StorageKey, Long> stored = new HashMap<>();
        for (int i = 0; i < 23; i++) {
            stored.put(Sample.of(i % 5, i % 5).store(driver()), (long) (i % 5));
        }
        List<StoredKey> all = driver().keys(Optional.empty(), 1000);
        assertThat(all.stream().collect(Collectors.toMap(StoredKey::key, StoredKey::size)))
                .isEqualTo(stored);
        assertThat(all)
                .allSatisfy(key ->
                        assertThat(key.written()).isBetween(begin, Instant.now().plusSeconds(2)));

        assertThat(AllKeys.stored(anotherInstance())).isEqualTo(all);
        assertThat(driver().keys(Optional.empty(), 10)).isEqualTo(all.subList(0, 10));
        assertThat(driver().keys(Optional.of(all.get(9).key()), 13)).isEqualTo(all.subList(10, 23));
        assertThat(driver().keys(Optional.of(all.get(21).key()), 10)).isEqualTo(all.subList(22, 23));
        assertThat(driver().keys(Optional.of(all.getLast().key()), 10)).isEmpty();
    }

    @Test
    default void aPageBeginsBehindAKeyThatIsGone() {
        for (int i = 0; i < 6; i++) {
            Sample.of(i, 10).store(driver());
        }
        List<StorageKey> before = keys();
        assertThat(driver().delete(before.subList(0, 3))).isEmpty();
        assertThat(driver().keys(Optional.of(before.get(2)), 2))
                .extracting(StoredKey::key)
                .isEqualTo(before.subList(3, 5));
        assertThat(driver().keys(Optional.of(before.getFirst()), 9))
                .extracting(StoredKey::key)
                .isEqualTo(before.subList(3, 6));
    }

    @Test
    default void keysThatStayAreToldOnceEachWhileOthersComeAndGo() throws Exception {
        Set<StorageKey> staying = new HashSet<>();
        for (int i = 0; i < 40; i++) {
            staying.add(Sample.of(i % 8, 10).store(driver()));
        }
        CountDownLatch listed = new CountDownLatch(THREADS / 2);
        inParallel(thread -> {
            if (thread % 2 == 0) {
                try {
                    for (int i = 0; i < 5; i++) {
                        assertThat(keys().stream().filter(staying::contains))
                                .containsExactlyInAnyOrderElementsOf(staying);
                    }
                } finally {
                    listed.countDown();
                }
            }
            while (listed.getCount() > 0) {
                StorageKey going = Sample.of(listed.getCount(), 10).store(anotherInstance());
                assertThat(anotherInstance().delete(Set.of(going))).isEmpty();
            }
            return thread;
        });
        assertThat(keys()).containsExactlyInAnyOrderElementsOf(staying);
    }

    @Test
    default void manyKeysAreDeletedAtOnceAndThoseThatAreNotThereAsWell() {
        List<StorageKey> keys = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            keys.add(Sample.of(i, 10).store(driver()));
            keys.add(StorageKey.of(Sample.of(i, 10).digest(), UUID.randomUUID()));
        }
        StorageKey staying = Sample.of(31, 10).store(driver());
        assertThat(driver().delete(keys)).isEmpty();
        assertThat(keys()).containsExactly(staying);
        assertThat(anotherInstance().delete(keys)).isEmpty();
        assertThat(driver().delete(Set.of())).isEmpty();
        assertThat(keys()).containsExactly(staying);
    }

    @Test
    default void aNoteSaysWhatWasWrittenLastAndIsNoBlob() {
        for (StorageDriver.Note note : StorageDriver.Note.values()) {
            assertThat(driver().note(note)).isEmpty();
            driver().write(note, "first\nof two lines\n");
            assertThat(driver().note(note)).contains("first\nof two lines\n");
            driver().write(note, "");
            assertThat(driver().note(note)).contains("");
        }
        assertThat(keys()).isEmpty();
    }

    private List<UUID> uploads(Duration age) {
        try (Stream<UUID> uploads = driver().uploadsOlderThan(age)) {
            return uploads.toList();
        }
    }

    private byte[] read(StorageKey key, long size, long offset) throws IOException {
        try (InputStream bytes = driver().content(key, size).open(offset)) {
            return bytes.readAllBytes();
        }
    }

    private Digest hashOfAll(StorageKey key, Sample sample) throws IOException {
        return hashOfAll(key, sample.length(), sample.digest().algorithm());
    }

    private Digest hashOfAll(StorageKey key, long size, DigestAlgorithm algorithm) throws IOException {
        MessageDigest hash = algorithm.newMessageDigest();
        byte[] buffer = new byte[1 << 16];
        try (InputStream bytes = driver().content(key, size).open(0)) {
            for (int count = bytes.read(buffer); count >= 0; count = bytes.read(buffer)) {
                hash.update(buffer, 0, count);
            }
        }
        return Digest.finish(algorithm, hash);
    }

    private static StorageKey unknownKey() {
        return StorageKey.of(Sample.of(99, 10).digest(), UUID.randomUUID());
    }

    private static byte[] head(byte[] bytes, int length) {
        return Arrays.copyOf(bytes, length);
    }

    private static byte[] tail(byte[] bytes, int offset) {
        return Arrays.copyOfRange(bytes, offset, bytes.length);
    }

    /** Runs a task in as many threads as may get in each other's way, and fails as the first of them fails. */
    private static <T> List<T> inParallel(Task<T> task) throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Callable<T>> calls = IntStream.range(0, THREADS)
                    .<Callable<T>>mapToObj(thread -> () -> task.run(thread))
                    .toList();
            List<T> results = new ArrayList<>();
            for (Future<T> result : threads.invokeAll(calls)) {
                results.add(result.get());
            }
            return results;
        }
    }

    /** What one of several threads does. */
    @FunctionalInterface
    interface Task<T> {
        T run(int thread) throws Exception;
    }
}
