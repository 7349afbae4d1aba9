package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import jakarta.json.Json;
import jakarta.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What was done, for programs that follow it. */
@ExtendWith(SharedRegistryServer.class)
class EventFeedIT {

    private static final String FEED = "/v2/_registry/events";

    private final RegistryClient client;

    EventFeedIT(RegistryClient client) {
        this.client = client;
    }

    private static JsonObject json(HttpResponse<byte[]> answer) {
        return Json.createReader(new java.io.StringReader(new String(answer.body(), UTF_8)))
                .readObject();
    }

    @Test
    void whatComesIsToldInPagesThatLinkToEachOther() {
        String place = json(expect(200, client.get(FEED + "?after=end"))).getString("next");
        List<String> pushed = IntStream.range(0, 5)
                .mapToObj(number -> client.pushBlob("feed/a", ("feed " + number).getBytes(UTF_8)))
                .map(Digest::toString)
                .toList();

        List<String> told = new ArrayList<>();
        String page = FEED + "?n=2&after=" + place;
        HttpResponse<byte[]> answer;
        do {
            answer = expect(200, client.get(page));
            json(answer).getJsonArray("events").getValuesAs(JsonObject.class).stream()
                    .filter(event -> event.getString("repository").equals("feed/a"))
                    .forEach(event -> told.add(event.getString("digest")));
            page = answer.headers()
                    .firstValue("Link")
                    .map(link -> link.substring(1, link.indexOf('>')))
                    .orElse("");
        } while (!page.isEmpty());
        String next = json(answer).getString("next");
        json(expect(200, client.get(FEED + "?after=" + next)))
                .getJsonArray("events")
                .getValuesAs(JsonObject.class)
                .stream()
                .filter(event -> event.getString("repository").equals("feed/a"))
                .forEach(event -> told.add(event.getString("digest")));

        assertThat(told).isEqualTo(pushed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"after=x", "after=1.2", "after=1.2.%00", "after=9.1.1", "after=1.900000000000.1", "n=-1", "n=x"})
    void whatIsNoPositionOrNoNumberIsRefused(String query) {
        assertThat(errorCodes(expect(400, client.get(FEED + "?" + query))))
                .containsExactly("PAGINATION_NUMBER_INVALID");
    }

    @Test
    void whereNobodyIsAskedItIsForTheRegistrysOwnMachineAlone() {
        expect(403, client.get(FEED, "X-Forwarded-For", "10.0.0.1"));
    }
}
