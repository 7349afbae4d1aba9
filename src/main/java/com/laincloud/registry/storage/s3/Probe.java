package com.laincloud.registry.storage.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.storage.StorageException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.UUID;
import software.amazon.awssdk.core.ResponseBytes;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** Finds out whether a bucket can be written to, read from and deleted from, by an object of its own. */
final class Probe {

    /** A signature of another time is refused. The client makes up for a wrong clock; the addresses that others use cannot. */
    private static final Duration FARTHEST = Duration.ofMinutes(15);

    private final Bucket bucket;
    private final Clock clock;
    private final String content = UUID.randomUUID().toString();
    private final String key = "registry-probe-" + content;

    Probe(Bucket bucket, Clock clock) {
        this.bucket = bucket;
        this.clock = clock;
    }

    /** @throws StorageException if it cannot, or if the clocks of store and machine are too far from each other */
    void run() {
        try {
            writeAndRead();
        } catch (StorageException e) {
            try {
                bucket.delete(key);
            } catch (StorageException stays) {
                e.addSuppressed(stays);
            }
            throw e;
        }
        bucket.delete(key);
    }

    private void writeAndRead() {
        bucket.put(key, RequestBody.fromString(content));
        ResponseBytes<GetObjectResponse> answer = bucket.ask(
                key, s3 -> s3.getObjectAsBytes(get -> get.bucket(bucket.name()).key(bucket.object(key))));
        if (!answer.asString(UTF_8).equals(content)) {
            throw StorageException.failed(
                    "bucket " + bucket.name() + ", " + bucket.object(key) + ": bytes read are not the bytes written",
                    null);
        }
        answer.response().sdkHttpResponse().firstMatchingHeader("Date").ifPresent(this::requireNear);
    }

    private void requireNear(String date) {
        Duration ahead = Duration.between(time(date), clock.instant());
        if (ahead.abs().compareTo(FARTHEST) > 0) {
            throw StorageException.failed(
                    "bucket " + bucket.name() + ": the clock of this machine is "
                            + ahead.abs().toSeconds() + " s " + (ahead.isNegative() ? "behind" : "ahead of")
                            + " the store's",
                    null);
        }
    }

    private Instant time(String date) {
        try {
            return ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeException e) {
            return clock.instant(); // what is no time tells nothing
        }
    }
}
