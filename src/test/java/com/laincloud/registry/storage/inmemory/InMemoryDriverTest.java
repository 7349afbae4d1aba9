package com.laincloud.registry.storage.inmemory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.storage.Sample;
import com.laincloud.registry.storage.Segment;
import com.laincloud.registry.storage.SegmentWriter;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageDriverContract;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.storage.StorageKey;
import java.time.Clock;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class InMemoryDriverTest implements StorageDriverContract {

    private final InMemoryDriver driver = new InMemoryDriver(1 << 28, Clock.systemUTC());

    @Override
    public StorageDriver driver() {
        return driver;
    }

    @Override
    public StorageDriver anotherInstance() {
        return driver;
    }

    @Test
    void noMoreIsTakenThanTheCapacityAndWhatIsDroppedMakesRoom() {
        InMemoryDriver small = new InMemoryDriver(1000, Clock.systemUTC());
        UUID upload = Sample.of(1, 1000).upload(small);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(small::check)
                .matches(StorageException::isFull);
        try (SegmentWriter writer = small.append(upload, new Segment("0", 900))) {
            assertThatExceptionOfType(StorageException.class)
                    .isThrownBy(() -> writer.write(new byte[101], 0, 101))
                    .matches(StorageException::isFull);
            writer.write(new byte[100], 0, 100);
        }
        small.discard(upload);
        StorageKey key = Sample.of(2, 500).store(small);
        Sample.of(3, 200).store(small);
        assertThat(small.delete(Set.of(key))).isEmpty();
        Sample.of(4, 400).store(small);
        small.check();
    }

    @Test
    void aCommitThatFindsNoRoomKeepsTheUpload() {
        InMemoryDriver small = new InMemoryDriver(1000, Clock.systemUTC());
        Sample sample = Sample.of(5, 600);
        UUID upload = sample.upload(small);
        assertThatExceptionOfType(StorageException.class)
                .isThrownBy(() -> sample.commit(small, upload))
                .matches(StorageException::isFull);
        assertThat(small.read(upload, new Segment("0", 600))).hasBinaryContent(sample.bytes());
    }
}
