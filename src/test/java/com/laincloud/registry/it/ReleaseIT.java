package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many tags are moved at once, or none. */
@ExtendWith(SharedRegistryServer.class)
class ReleaseIT {

    private static final int TAGS = 40;

    private final RegistryServer server;
    private final RegistryClient client;

    ReleaseIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    /** Pushes a manifest by its digest. */
    private Digest push(String repository, String note) {
        Digest config = client.pushBlob(repository, "{}".getBytes(UTF_8));
        byte[] image = SampleManifests.image(config, 2, note);
        expect(
                201,
                client.put(
                        "/v2/" + repository + "/manifests/" + digest(image),
                        image,
                        "Content-Type",
                        SampleManifests.TYPE));
        return digest(image);
    }

    private HttpResponse<byte[]> release(String... lines) {
        return client.put("/v2/_registry/release", String.join("\n", lines).getBytes(UTF_8));
    }

    private String released(String... lines) {
        return new String(expect(200, release(lines)).body(), UTF_8);
    }

    private Digest named(String repository, String tag) {
        return digest(client.pullManifest(repository, tag));
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), UTF_8);
    }

    @Test
    void allTagsOfAReleaseMoveAndItsAnswerTakesItBack() {
        Digest web = push("release/web", "web 1");
        Digest worker = push("release/worker", "worker 1");
        Digest next = push("release/web", "web 2");

        assertThat(released(
                        "# the first",
                        "",
                        "release/worker  stable\t" + worker + " -",
                        "release/web stable " + web + " -"))
                .isEqualTo("# release/web stable is new\n# release/worker stable is new\n");
        String back = released("release/web stable " + next + " " + web, "release/worker stable " + worker);
        assertThat(named("release/web", "stable")).isEqualTo(next);
        assertThat(back).isEqualTo("release/web stable " + web + " " + next + "\n");

        assertThat(released(back)).isEqualTo("release/web stable " + next + " " + web + "\n");
        assertThat(named("release/web", "stable")).isEqualTo(web);
        assertThat(released(back)).as("put again, it has nothing to do").isEmpty();
        assertThat(
                        server.sql(
                                "select previous_digest, digest from audit.tag_move where repository = 'release/web' order by occurred_at"))
                .containsSubsequence(web.toString(), next.toString(), next.toString(), web.toString());
        assertThat(server.sql("select count(*) as bindings from audit.tag_history where repository like 'release/w%'"))
                .contains("4");
        expect(200, client.get("/v2/release/web/manifests/stable?at=" + Instant.now()));
    }

    private String run(int status, String input, String file) throws Exception {
        Process process = server.command("release", file).start();
        try (OutputStream words = process.getOutputStream()) {
            words.write(input.getBytes(UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isEqualTo(status);
        return output;
    }

    @Test
    void aCommandReleasesWhileTheRegistryServes(@TempDir Path directory) throws Exception {
        Digest first = push("release/command", "command 1");
        Digest second = push("release/command", "command 2");
        String line = "release/command stable ";

        assertThat(run(0, line + first + " -\n", "-")).isEqualTo("# release/command stable is new\n");
        Path file = Files.writeString(directory.resolve("release.txt"), line + second + " " + first);
        String back = run(0, "", file.toString());
        assertThat(back).isEqualTo(line + first + " " + second + "\n");
        assertThat(named("release/command", "stable")).isEqualTo(second);
        assertThat(run(1, "", file.toString().replace("release.txt", "none.txt")))
                .contains("none.txt: cannot be read");
        assertThat(run(1, line + first + " -", "-"))
                .isEqualToIgnoringNewLines(
                        "registry: release: PRECONDITION_FAILED: release/command: stable is " + second);
        assertThat(run(0, back, "-")).isEqualTo(line + second + " " + first + "\n");
        assertThat(named("release/command", "stable")).isEqualTo(first);
        assertThat(run(1, "", "--all")).contains("release: takes FILE");
    }

    @Test
    void whereOneLineDoesNotHoldNoTagMoves() {
        Digest first = push("release/held", "held 1");
        Digest second = push("release/held", "held 2");
        Digest other = push("release/other", "other");
        released("release/held a " + first, "release/held z " + first);

        HttpResponse<byte[]> stale = release("release/held a " + second, "release/held z " + second + " " + other);
        assertThat(errorCodes(expect(412, stale))).containsExactly("PRECONDITION_FAILED");
        assertThat(text(stale)).contains("release/held: z is " + first);
        HttpResponse<byte[]> there = release("release/held a " + second, "release/held z " + second + " -");
        expect(412, there);
        HttpResponse<byte[]> elsewhere =
                release("release/held a " + second, "release/held z " + other, "release/other a " + first);
        assertThat(errorCodes(expect(404, elsewhere))).containsExactly("MANIFEST_UNKNOWN", "MANIFEST_UNKNOWN");
        HttpResponse<byte[]> nowhere = release("release/held a " + second, "release/nowhere a " + other);
        assertThat(errorCodes(expect(404, nowhere))).containsExactly("NAME_UNKNOWN");

        assertThat(named("release/held", "a")).isEqualTo(first);
        assertThat(named("release/held", "z")).isEqualTo(first);
        expect(404, client.get("/v2/release/other/manifests/a"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "release/bad a                                  | line 1: has 2 words",
                "release/bad a b c d                            | line 1: has 5 words",
                "Release/bad a sha256:ab                        | line 1: Release/bad",
                "release/bad -a sha256:ab                       | line 1: -a",
                "release/bad a sha256:ab                        | line 1: sha256:ab",
                "''                                             | the release has no line",
                "# a remark                                     | the release has no line",
            })
    void aReleaseThatIsNoneIsRefusedWithWhatIsWrongOfIt(String body, String reason) {
        HttpResponse<byte[]> refused = expect(400, release(body));

        assertThat(errorCodes(refused)).containsOnly("UNSUPPORTED");
        assertThat(text(refused)).contains(reason);
    }

    @Test
    void aReleaseThatIsTooLongOrNamesATagTwiceIsRefused() {
        Digest digest = digest(new byte[0]);
        assertThat(text(expect(
                        400, release("release/bad a " + digest, "release/bad b " + digest, "release/bad a " + digest))))
                .contains("line 3: release/bad:a was there before");
        String[] many = IntStream.rangeClosed(0, 1000)
                .mapToObj(number -> "release/bad t" + number + " " + digest)
                .toArray(String[]::new);
        assertThat(text(expect(400, release(many)))).contains("a release may have 1000 lines");
        HttpResponse<byte[]> wrong = expect(
                400, client.put("/v2/_registry/release", "x\n".repeat(500_000).getBytes(UTF_8)));
        assertThat(errorCodes(wrong)).hasSize(20);
        expect(413, release("#".repeat((1 << 20) + 1)));
        expect(405, client.get("/v2/_registry/release"));
    }

    @Test
    void ofReleasesThatExpectTheSameOneHoldsWholeWhilePushesGoOn() throws Exception {
        Digest before = push("release/race", "before");
        for (int round = 0; round < 5; round++) {
            int now = round;
            released(lines("r" + now + "-", before, " -"));
            List<Callable<Integer>> requests = new ArrayList<>();
            for (int number = 0; number < 4; number++) {
                Digest next = push("release/race", "round " + now + " release " + number);
                requests.add(() ->
                        release(lines("r" + now + "-", next, " " + before)).statusCode());
            }
            for (int number = 0; number < 4; number++) {
                String note = "round " + now + " push " + number;
                requests.add(() -> {
                    push("release/race", note);
                    return 201;
                });
            }
            try (ExecutorService threads = Executors.newFixedThreadPool(requests.size())) {
                assertThat(threads.invokeAll(requests).stream().map(Future::resultNow))
                        .containsExactlyInAnyOrder(200, 412, 412, 412, 201, 201, 201, 201);
            }
            assertThat(IntStream.range(0, TAGS)
                            .mapToObj(tag -> named("release/race", "r" + now + "-" + tag))
                            .collect(Collectors.toSet()))
                    .hasSize(1)
                    .doesNotContain(before);
        }
    }

    /** Lines that differ in their order, as those of different authors do. */
    private static String[] lines(String tags, Digest digest, String expected) {
        List<String> lines = IntStream.range(0, TAGS)
                .mapToObj(number -> "release/race " + tags + number + " " + digest + expected)
                .collect(Collectors.toCollection(ArrayList::new));
        Collections.shuffle(lines);
        return lines.toArray(String[]::new);
    }
}
