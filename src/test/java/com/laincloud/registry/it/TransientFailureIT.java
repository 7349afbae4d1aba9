package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.Digest;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A deadlock, which the database ends by giving up one side, and a server that is a standby for the moment, are no matter of
 * clients.
 */
class TransientFailureIT {

    private static RegistryServer server;
    private static RegistryClient client;

    /** Every third time that anything is recorded, as if another transaction had waited for this one. */
    private static String failsEveryThirdTime(String state) {
        return """
            create sequence if not exists attempt;
            alter sequence attempt restart;
            grant usage on sequence attempt to registry_application;
            create or replace function give_up() returns trigger language plpgsql as $$
            begin
                if mod(nextval('registry.attempt'), 3) = 1 then
                    raise 'not now' using errcode = '%s';
                end if;
                return new;
            end $$;
            create or replace trigger give_up before insert on event for each row execute function give_up()""".formatted(state);
    }

    @BeforeAll
    static void start() {
        server = RegistryServer.start();
        client = new RegistryClient(server.uri());
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"40P01", "40001", "25006"})
    void whatMetAFailureThatPassesIsDoneAgainWithoutItsClient(String failure) {
        String retried = "retried/" + failure.toLowerCase(Locale.ROOT);
        server.change(failsEveryThirdTime(failure));
        byte[] content = ("{\"failure\":\"" + failure + "\"}").getBytes(UTF_8);
        byte[] other = ("other " + failure).getBytes(UTF_8);

        Digest blob = client.pushBlob(retried + "/a", content);
        expect(201, client.put(withDigest(client.startUpload(retried + "/a"), RegistryClient.digest(other)), other));
        expect(201, client.post("/v2/" + retried + "/b/blobs/uploads/?mount=" + blob + "&from=" + retried + "/a"));
        client.pushBlob(retried + "/c", content);
        byte[] image = SampleManifests.image(blob, content.length, "retried");
        client.pushManifest(retried + "/a", "v1", SampleManifests.TYPE, image);
        Digest digest = RegistryClient.digest(image);
        expect(200, client.put("/v2/_registry/release", (retried + "/a v2 " + digest).getBytes(UTF_8)));
        expect(202, client.delete("/v2/" + retried + "/a/manifests/v2"));
        expect(202, client.delete("/v2/" + retried + "/a/manifests/" + digest));
        expect(202, client.delete("/v2/" + retried + "/b/blobs/" + blob));

        assertThat(client.pullBlob(retried + "/a", blob)).isEqualTo(content);
        assertThat(client.pullBlob(retried + "/c", blob)).isEqualTo(content);
        assertThat(server.sql(
                        "select count(*) as pushes from audit.blob_push where repository like '" + retried + "/%'"))
                .as("each is recorded once")
                .containsPattern("(?m)^\\s*4\\s*$");
    }
}
