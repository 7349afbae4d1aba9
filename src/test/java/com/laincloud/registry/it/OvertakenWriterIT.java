package com.laincloud.registry.it;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.location;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Two writers of one upload, where the database crashes right after it gave the first one the right to write. It forgets each
 * commit that was not waited for: it writes its log by itself every ten seconds only.
 */
@Alone
class OvertakenWriterIT {

    private static final int ROUNDS = Integer.getInteger("lease.crashes", 4);
    private static final String PART = "first".repeat(2_000);
    private static final String OF_THE_FIRST = "A".repeat(50_000);
    private static final String OF_THE_SECOND = "B".repeat(70_000);

    private static RegistryServer server;
    private static RegistryClient client;

    @BeforeAll
    static void start() throws Exception {
        server = RegistryServer.start();
        client = new RegistryClient(server.uri());
        administrate("alter system set wal_writer_delay = '10s'");
        administrate("select pg_reload_conf()");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String administrate(String statement) throws SQLException, IOException {
        ConnectionFacts facts = ConnectionFacts.read(server.root().resolve("postgresql"));
        String password = Files.readString(server.root().resolve("postgresql/superuser.password"));
        try (Connection connection = DriverManager.getConnection(facts.url(), "postgres", password.strip());
                Statement executed = connection.createStatement()) {
            if (!executed.execute(statement)) {
                return "";
            }
            try (ResultSet row = executed.getResultSet()) {
                return row.next() ? row.getString(1) : "";
            }
        }
    }

    /** Has the database remember all that was committed until now. */
    private static void remember() throws Exception {
        administrate("create table if not exists registry.remembered (); drop table registry.remembered");
    }

    private static boolean isBeingWritten(UUID upload) throws Exception {
        return administrate("select writing from registry.upload where id = '" + upload + "'")
                .equals("t");
    }

    private static RawConnection beginToWrite(String location) {
        return new RawConnection(server.uri())
                .send("PATCH " + location + " HTTP/1.1\r\nHost: " + server.authority()
                        + "\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
                .send(chunk(OF_THE_FIRST));
    }

    private static String chunk(String bytes) {
        return Integer.toHexString(bytes.length()) + "\r\n" + bytes + "\r\n";
    }

    private static String path(String location) {
        return location.replaceFirst("^https?://[^/]*", "");
    }

    private static UUID uploadIn(String location) {
        return UUID.fromString(location.replaceFirst(".*/", "").replaceFirst("\\?.*", ""));
    }

    private static void killTheDatabase(String location) {
        server.killDatabase();
        await().atMost(Duration.ofSeconds(60)).until(() -> client.get(location).statusCode() < 500);
    }

    @Test
    void aWriterThatTheDatabaseForgotGoesOnWhereNoneCameInstead() throws Exception {
        String begun = path(location(expect(202, client.post("/v2/overtaken/b/blobs/uploads/"))));
        UUID upload = uploadIn(begun);
        remember();
        byte[] all = (OF_THE_FIRST + OF_THE_FIRST).getBytes(ISO_8859_1);
        try (RawConnection writer = beginToWrite(begun)) {
            await("it to write").until(() -> isBeingWritten(upload));
            killTheDatabase(begun);
            assertThat(isBeingWritten(upload)).isFalse();

            assertThat(writer.send(chunk(OF_THE_FIRST))
                            .send("0\r\n\r\n")
                            .answer()
                            .status())
                    .isEqualTo(202);
        }

        expect(201, client.put(withDigest(begun, digest(all)), new byte[0]));
        assertThat(expect(200, client.get("/v2/overtaken/b/blobs/" + digest(all)))
                        .body())
                .isEqualTo(all);
    }

    @Test
    void aBlobIsWhatItsDigestSaysThoughTheDatabaseForgotThatAnotherWroteToo() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String location = path(location(expect(202, client.post("/v2/overtaken/a/blobs/uploads/"))));
            boolean isBehindAnother = round % 2 == 0;
            if (isBehindAnother) {
                location = path(location(expect(202, client.patch(location, PART.getBytes(ISO_8859_1)))));
            }
            String second = OF_THE_SECOND + round;
            byte[] all = ((isBehindAnother ? PART : "") + second).getBytes(ISO_8859_1);
            remember();
            Digest digest = digest(all);
            UUID upload = uploadIn(location);
            try (RawConnection writer = beginToWrite(location)) {
                await("the first to write").until(() -> isBeingWritten(upload));
                killTheDatabase(location);
                assertThat(isBeingWritten(upload))
                        .as("whether the first is remembered, in round %d", round)
                        .isEqualTo(isBehindAnother);
                writer.send(chunk(OF_THE_FIRST));

                HttpResponse<byte[]> put = client.put(
                        withDigest(location, digest),
                        second.getBytes(ISO_8859_1),
                        "Content-Type",
                        "application/octet-stream");
                writer.send(chunk(OF_THE_FIRST)).send("0\r\n\r\n");

                assertThat(writer.answer().status()).as("the overtaken writer").isBetween(400, 503);
                expect(201, put);
                assertThat(expect(200, client.get("/v2/overtaken/a/blobs/" + digest))
                                .body())
                        .as("round %d", round)
                        .isEqualTo(all);
            }
        }
    }
}
