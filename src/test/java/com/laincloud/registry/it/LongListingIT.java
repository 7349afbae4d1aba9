package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A list is sent as it is read. One held as a whole would be too much for the server's heap of 256 MiB many times over. */
@ExtendWith(SharedRegistryServer.class)
class LongListingIT {

    private static final int TAGS = 100_000;
    private static final int READERS = 16;

    /** As long as a tag can be, so that the list has 13 MB. */
    private static final String TAG = "%06d" + "-".repeat(122);

    private final RegistryServer server;
    private final RegistryClient client;

    LongListingIT(RegistryServer server, RegistryClient client) {
        this.server = server;
        this.client = client;
    }

    @Test
    void aListOfAHundredThousandTagsIsSentToManyReadersAtOnceInConstantMemory() throws Exception {
        Digest config = client.pushBlob("listing/long", "{}".getBytes(UTF_8));
        client.pushManifest("listing/long", tag(0), SampleManifests.TYPE, SampleManifests.image(config, 2));
        server.change("""
                insert into tag (repository_id, name, manifest_id)
                select m.repository_id, lpad(i::text, 6, '0') || repeat('-', 122), m.id
                from manifest m join repository r on r.id = m.repository_id, generate_series(1, %d) i
                where r.name = 'listing/long'""".formatted(TAGS - 1));
        String expected = IntStream.range(0, TAGS)
                .mapToObj(LongListingIT::tag)
                .collect(Collectors.joining("\",\"", "{\"name\":\"listing/long\",\"tags\":[\"", "\"]}\n"));

        List<Future<Digest>> lists = new ArrayList<>();
        try (ExecutorService readers = Executors.newFixedThreadPool(READERS)) {
            for (int i = 0; i < 2 * READERS; i++) {
                lists.add(readers.submit(() -> RegistryClient.digest(
                        expect(200, client.get("/v2/listing/long/tags/list")).body())));
            }
        }

        for (Future<Digest> list : lists) {
            assertThat(list.get()).isEqualTo(RegistryClient.digest(expected.getBytes(UTF_8)));
        }
    }

    private static String tag(int number) {
        return String.format(Locale.ROOT, TAG, number);
    }
}
