package com.laincloud.registry.it;

import com.laincloud.registry.oci.MediaTypes;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.NavigableSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Asks five times a second, whether what it asked before was answered or not, and remembers when it was told of success. */
final class Heartbeat implements AutoCloseable {

    private static final Duration PAUSE = Duration.ofMillis(200);

    private final NavigableSet<Long> successes = new ConcurrentSkipListSet<>();
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();
    private volatile boolean ended;

    private Heartbeat(Supplier<HttpResponse<byte[]>> request) {
        requests.execute(() -> {
            while (!ended) {
                requests.execute(() -> ask(request));
                try {
                    Thread.sleep(PAUSE);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    /** Pulls a manifest by its tag. */
    static Heartbeat reading(RegistryClient client, String manifest) {
        return new Heartbeat(() -> client.get(manifest, "Accept", MediaTypes.OCI_MANIFEST));
    }

    /** Puts a manifest under its tag again. */
    static Heartbeat writing(RegistryClient client, String manifest, byte[] payload) {
        return new Heartbeat(() -> client.put(manifest, payload, "Content-Type", MediaTypes.OCI_MANIFEST));
    }

    private void ask(Supplier<HttpResponse<byte[]>> request) {
        try {
            if (request.get().statusCode() / 100 == 2) {
                successes.add(System.nanoTime());
            }
        } catch (UncheckedIOException e) {
            // no success
        }
    }

    /** From the last success before one moment to it, and from another one to the first success after it. */
    Duration gap(long strike, long recovery) {
        Long last = successes.lower(strike);
        Long first = successes.higher(recovery);
        if (last == null || first == null) {
            throw new AssertionError("no success before or after");
        }
        return Duration.ofNanos(strike - last + first - recovery);
    }

    @Override
    public void close() {
        ended = true;
        requests.close();
    }
}
