package com.laincloud.registry.launcher;

import com.laincloud.registry.config.HostAndPort;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/** The first request, which proves that the server answers before the launcher says so. */
final class Greeting {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int UNREACHABLE = 599;
    private static final int PAUSE_MILLIS = 20;

    private final URI uri;

    Greeting(HostAndPort address) {
        this.uri = URI.create(
                "http://" + (address.host().isEmpty() ? "localhost" : address.host()) + ":" + address.port() + "/v2/");
    }

    /** Returns when the registry answers; which status, is the registry's business (it may ask for a token). */
    void await() {
        await(status -> status < HttpURLConnection.HTTP_INTERNAL_ERROR, LIMIT, () -> true);
    }

    /** Returns when the registry answers, and that all is well; {@code alive} tells whether that can still be. */
    void awaitOk(Duration limit, BooleanSupplier alive) {
        await(status -> status == HttpURLConnection.HTTP_OK, limit, alive);
    }

    private void await(IntPredicate expected, Duration limit, BooleanSupplier alive) {
        Instant end = Instant.now().plus(limit);
        while (!expected.test(status())) {
            if (Instant.now().isAfter(end) || !alive.getAsBoolean()) {
                throw new LaunchException("deployment: " + uri + " does not answer");
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LaunchException("interrupted", e);
            }
        }
    }

    private int status() {
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setReadTimeout((int) LIMIT.toMillis());
            connection.setInstanceFollowRedirects(false);
            int status = connection.getResponseCode();
            connection.disconnect();
            return status;
        } catch (IOException e) {
            return UNREACHABLE;
        }
    }
}
