package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.laincloud.registry.fuzz.HostileRequest;
import com.laincloud.registry.fuzz.HostileRequest.Known;
import com.laincloud.registry.fuzz.Seed;
import com.laincloud.registry.it.RawConnection.Answer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Whatever is sent, the answer is right or in the form of every error, nothing fails in the server, and what it holds stays
 * as it was. {@code -Dfuzz.seed} repeats a run.
 */
@ExtendWith(SharedRegistryServer.class)
class FuzzIT {

    private static final int REQUESTS = Integer.getInteger("fuzz.requests", 3_000);
    private static final Duration LIMIT = Duration.ofSeconds(25).multipliedBy(1 + REQUESTS / 3_000);

    private final RegistryServer server;
    private final RegistryClient client;

    FuzzIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    @Test
    void everyAnswerIsRightOrInTheFormOfEveryErrorAndNothingFails() {
        UniqueImage untouched = push("fuzzed/untouched", 1);
        Known known = known();
        long position = server.logPosition();
        Seed seed = Seed.ofThisRun();
        Random random = seed.random();
        Instant end = Instant.now().plus(LIMIT);
        int sent = 0;
        for (; sent < REQUESTS && Instant.now().isBefore(end); sent++) {
            HostileRequest request = HostileRequest.next(known, random);
            try {
                judge(request, RawConnection.exchange(server.uri(), request.text()));
            } catch (RuntimeException | AssertionError e) {
                fail(seed + ", request " + sent + ": " + printable(request.text()), e);
            }
        }
        System.out.println(sent + " hostile requests");

        assertThat(sent).isGreaterThan(500);
        expect(200, client.get("/v2/"));
        assertThat(client.pullManifest("fuzzed/untouched", "latest")).isEqualTo(untouched.payload());
        untouched
                .blobs()
                .forEach(blob -> assertThat(client.pullBlob("fuzzed/untouched", RegistryClient.digest(blob)))
                        .isEqualTo(blob));
        assertThat(server.logSince(position)).as(seed.toString()).noneMatch(line -> line.contains("Z error "));
    }

    /** What never came to the application has no request's number, and the container refuses it with a bare status. */
    private static void judge(HostileRequest request, Answer answer) {
        assertThat(answer.status()).isBetween(200, 499);
        assertThat(answer.body()).doesNotContainIgnoringCase("<html").doesNotContain("Exception");
        if (answer.status() < 400) {
            assertThat(answer.header("X-Request-Id"))
                    .as("what only the application can grant")
                    .isPresent();
        }
        boolean isError = answer.status() >= 400 && !request.method().equals("HEAD");
        if (isError
                && (answer.header("X-Request-Id").isPresent() || !answer.body().isEmpty())) {
            assertThat(answer.header("Content-Type")).hasValue("application/json");
            assertThat(parse(answer.body()).getJsonArray("errors").getValuesAs(JsonObject.class))
                    .isNotEmpty()
                    .allSatisfy(error -> assertThat(
                                    Arrays.stream(ErrorCode.values()).map(ErrorCode::name))
                            .contains(error.getString("code")));
        }
        if (isError && answer.body().isEmpty()) {
            assertThat(answer.status()).isEqualTo(400);
        }
    }

    private Known known() {
        UniqueImage image = push("fuzz/one", 2);
        String upload = client.startUpload("fuzz/one");
        return new Known(
                "fuzz/one",
                "latest",
                RegistryClient.digest(image.payload()).toString(),
                upload.substring(upload.lastIndexOf('/') + 1).replaceFirst("\\?.*", ""),
                image.manifest());
    }

    private UniqueImage push(String repository, long seed) {
        UniqueImage image = UniqueImage.of(seed);
        for (byte[] blob : image.blobs()) {
            Digest pushed = client.pushBlob(repository, blob);
            assertThat(pushed).isEqualTo(RegistryClient.digest(blob));
        }
        client.pushManifest(repository, "latest", SampleManifests.TYPE, image.payload());
        return image;
    }

    private static JsonObject parse(String body) {
        try (JsonReader reader = Json.createReader(new StringReader(body))) {
            return reader.readObject();
        }
    }

    private static String printable(String text) {
        String shortened = text.length() > 2000 ? text.substring(0, 2000) + "…" : text;
        return new String(shortened.getBytes(ISO_8859_1), UTF_8);
    }
}
