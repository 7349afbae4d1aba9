package com.laincloud.registry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.config.S3.Credentials;
import com.laincloud.registry.storage.StorageException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What no store is asked for. */
class BucketTreeTest {

    private static final int THREADS = 64;

    private final BucketTree tree = new BucketTree(
            new S3(
                    Optional.of(URI.create("http://127.0.0.1:1")),
                    Optional.empty(),
                    "us-east-1",
                    "bucket",
                    Optional.of(new Credentials("key", "secret", Optional.empty())),
                    true,
                    false,
                    false,
                    Optional.empty(),
                    5 << 20,
                    "",
                    Optional.empty(),
                    Optional.empty(),
                    Path.of("nowhere"),
                    1 << 30),
            Clock.systemUTC());

    @Test
    void workThatHasNoThreadYetEndsWhenTheTreeIsClosed() throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(THREADS);
        CountDownLatch never = new CountDownLatch(1);
        List<Integer> things = IntStream.range(0, THREADS + 1).boxed().toList();
        CompletableFuture<List<Boolean>> work = CompletableFuture.supplyAsync(() -> tree.each(things, thing -> {
            begun.countDown();
            try {
                return never.await(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                return false;
            }
        }));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();

        tree.close();

        assertThatThrownBy(() -> work.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(StorageException.class);
    }

    @Test
    void aClosedTreeFailsAsAStoreDoes() {
        tree.close();

        assertThatThrownBy(() -> tree.each(List.of(1), thing -> thing))
                .isInstanceOf(StorageException.class)
                .hasMessage("the registry stops");
    }
}
