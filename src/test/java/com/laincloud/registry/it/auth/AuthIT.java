package com.laincloud.registry.it.auth;

import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.auth.TokenService.access;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.auth.token.TokenMint;
import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(TokenRegistry.Shared.class)
class AuthIT {

    private static final String UNKNOWN = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    private final TokenRegistry registry;
    private final RegistryServer server;
    private final RegistryClient anonymous;

    AuthIT(TokenRegistry registry) {
        this.registry = registry;
        this.server = registry.server();
        this.anonymous = registry.anonymous();
    }

    private String challenge(String rest) {
        return "Bearer realm=\"" + registry.tokens().realm() + "\",service=\"lain.local\"" + rest;
    }

    private void assertChallenged(HttpResponse<byte[]> answer, String rest) {
        expect(401, answer);
        assertThat(answer.headers().allValues("WWW-Authenticate")).containsExactly(challenge(rest));
        assertThat(header(answer, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
        assertThat(header(answer, "X-Request-Id")).isNotBlank();
        if (answer.request().method().equals("HEAD")) {
            assertThat(answer.body()).isEmpty();
        } else {
            assertThat(header(answer, "Content-Type")).startsWith("application/json");
            assertThat(errorCodes(answer)).containsExactly("UNAUTHORIZED");
        }
    }

    /** Every route, with every method it knows. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "GET    | /v2/                                     | -",
                "HEAD   | /v2/                                     | -",
                "GET    | /v2/_catalog                             | registry:catalog:*",
                "HEAD   | /v2/_catalog                             | registry:catalog:*",
                "PUT    | /v2/_registry/release                    | -",
                "GET    | /v2/_registry/events                     | registry:admin:*",
                "GET    | /v2/a/b/tags/list                        | repository:a/b:pull",
                "GET    | /v2/a/b/tags/list/                       | repository:a/b:pull",
                "GET    | /v2/a/b/manifests/latest                 | repository:a/b:pull",
                "HEAD   | /v2/a/b/manifests/latest                 | repository:a/b:pull",
                "PUT    | /v2/a/b/manifests/latest                 | repository:a/b:pull,push",
                "PUT    | /v2/a/b/manifests/" + UNKNOWN + "?tag=v1 | repository:a/b:pull,push",
                "GET    | /v2/a/b/referrers/" + UNKNOWN + "        | repository:a/b:pull",
                "DELETE | /v2/a/b/manifests/latest                 | repository:a/b:*",
                "GET    | /v2/a/b/blobs/" + UNKNOWN + "            | repository:a/b:pull",
                "HEAD   | /v2/a/b/blobs/" + UNKNOWN + "            | repository:a/b:pull",
                "DELETE | /v2/a/b/blobs/" + UNKNOWN + "            | repository:a/b:*",
                "GET    | /v2/a/b/referrers/" + UNKNOWN + "        | repository:a/b:pull",
                "POST   | /v2/a/b/blobs/uploads/                   | repository:a/b:pull,push",
                "POST   | /v2/a/b/blobs/uploads/?mount=" + UNKNOWN
                        + "&from=c | repository:a/b:pull,push repository:c:pull",
                "GET    | /v2/a/b/blobs/uploads/x                  | repository:a/b:pull,push",
                "PATCH  | /v2/a/b/blobs/uploads/x                  | repository:a/b:pull,push",
                "PUT    | /v2/a/b/blobs/uploads/x?digest=" + UNKNOWN + " | repository:a/b:pull,push",
                "DELETE | /v2/a/b/blobs/uploads/x                  | repository:a/b:pull,push",
                "GET    | /v2/manifests/manifests/manifests        | repository:manifests:pull",
                "GET    | /probe/caller                            | registry:admin:*",
                "OPTIONS| /v2/_catalog                             | registry:admin:*",
            })
    void everyRouteIsClosedToStrangersAndSaysWhatItNeeds(String method, String path, String scope) {
        assertChallenged(
                anonymous.send(method, path, BodyPublishers.noBody()), scope == null ? "" : ",scope=\"" + scope + "\"");
    }

    @Test
    void theRootTheHealthAndTheRedirectionAreOpen() {
        expect(200, anonymous.get("/"));
        expect(200, anonymous.head("/"));
        expect(200, anonymous.get("/health"));
        assertThat(header(expect(301, anonymous.get("/v2")), "Location")).endsWith("/v2/");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Bearer", "Bearer ", "bearer  ", "Basic bGFpbjpsYWlu", "Digest x=y", "lain"})
    void whatIsNoTokenIsAsGoodAsNothing(String authorization) {
        assertChallenged(anonymous.get("/v2/", "Authorization", authorization), "");
    }

    @ParameterizedTest
    @ValueSource(strings = {"None", "null", "undefined", "a.b.c", "..", "e30.e30.", "é", "a b c", "\"\""})
    void aTokenThatIsNoneIsAnInvalidOneNeverAFailure(String token) {
        assertChallenged(anonymous.get("/v2/", "Authorization", "Bearer " + token), ",error=\"invalid_token\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"issuer", "audience", "expired", "early", "key", "null audience"})
    void aTokenOfAnotherIssuerAudienceKeyOrTimeIsInvalid(String fault) {
        long now = Instant.now().getEpochSecond();
        TokenMint mint =
                fault.equals("key") ? TokenMint.of("RS256") : registry.tokens().mint();
        JsonObjectBuilder claims = TokenService.claims(
                "lain", fault.equals("null audience") ? null : "lain.local", access("repository:hello:pull"));
        switch (fault) {
            case "issuer" -> claims.add("iss", "another issuer");
            case "audience" -> claims.add("aud", "another.example");
            case "expired" -> claims.add("exp", now - 61);
            case "early" -> claims.add("nbf", now + 120);
            default -> {}
        }
        RegistryClient client = registry.withToken(mint.mint(claims.build().toString()));

        assertChallenged(client.get("/v2/hello/tags/list"), ",scope=\"repository:hello:pull\",error=\"invalid_token\"");
    }

    @Test
    void clocksMayBeAMinuteApart() {
        long now = Instant.now().getEpochSecond();
        JsonObjectBuilder late = TokenService.claims(null, "lain.local", null).add("exp", now - 30);

        expect(
                200,
                registry.withToken(registry.tokens().mint().mint(late.build().toString()))
                        .get("/v2/"));
    }

    @Test
    void aTokenForOneThingIsNotEnoughForAnother() {
        RegistryClient puller = registry.with(null, "repository:auth/one:pull");
        String insufficient = ",error=\"insufficient_scope\"";

        expect(200, puller.get("/v2/"));
        assertThat(errorCodes(expect(404, puller.get("/v2/auth/one/tags/list"))))
                .containsExactly("NAME_UNKNOWN");
        assertChallenged(puller.get("/v2/auth/two/tags/list"), ",scope=\"repository:auth/two:pull\"" + insufficient);
        assertChallenged(
                puller.post("/v2/auth/one/blobs/uploads/"), ",scope=\"repository:auth/one:pull,push\"" + insufficient);
        assertChallenged(
                puller.delete("/v2/auth/one/manifests/latest"), ",scope=\"repository:auth/one:*\"" + insufficient);
        assertChallenged(puller.get("/v2/_catalog"), ",scope=\"registry:catalog:*\"" + insufficient);
        assertThat(new String(puller.get("/v2/_catalog").body(), UTF_8))
                .contains("what is needed is registry:catalog:*");
    }

    @Test
    void whoMayPushPushesAndWhoMayDeleteDeletesUnderBothNamesOfIt() {
        RegistryClient pusher = registry.with("lain", "repository:auth/pushed:push,pull");
        Digest config = pusher.pushBlob("auth/pushed", "{}".getBytes(UTF_8));
        byte[] first = manifest(config, "first");
        byte[] second = manifest(config, "second");
        pusher.pushManifest("auth/pushed", "1", MediaTypes.OCI_MANIFEST, first);
        pusher.pushManifest("auth/pushed", "2", MediaTypes.OCI_MANIFEST, second);
        expect(401, pusher.delete("/v2/auth/pushed/manifests/1"));
        String abandoned = pusher.startUpload("auth/pushed");
        expect(204, pusher.delete(abandoned));

        RegistryClient unnamed = registry.with(null, "repository:auth/pushed:pull");
        assertThat(unnamed.pullManifest("auth/pushed", "1")).isEqualTo(first);
        assertThat(unnamed.pullBlob("auth/pushed", config)).isEqualTo("{}".getBytes(UTF_8));

        expect(202, registry.with("lain", "repository:auth/pushed:*").delete("/v2/auth/pushed/manifests/1"));
        expect(202, registry.with("lain", "repository:auth/pushed:delete").delete("/v2/auth/pushed/manifests/2"));
        assertThat(pusher.tags("auth/pushed")).isEmpty();
        expect(200, registry.with("lain", "registry:catalog:*").get("/v2/_catalog"));
    }

    @Test
    void aReleaseNeedsPushToEachRepositoryThatItNamesAndSaysSoBeforeAnythingElseOfIt() {
        RegistryClient pusher = registry.with("lain", "repository:auth/released:push,pull");
        Digest config = pusher.pushBlob("auth/released", "{}".getBytes(UTF_8));
        byte[] image = manifest(config, "released");
        pusher.pushManifest("auth/released", "1", MediaTypes.OCI_MANIFEST, image);
        String own = "auth/released 2 " + Digest.of(DigestAlgorithm.SHA256, image);
        String others = "\nauth/others 1 " + UNKNOWN;

        assertChallenged(
                pusher.put("/v2/_registry/release", (own + others).getBytes(UTF_8)),
                ",scope=\"repository:auth/others:pull,push repository:auth/released:pull,push\""
                        + ",error=\"insufficient_scope\"");
        expect(404, pusher.head("/v2/auth/released/manifests/2"));
        assertThat(server.sql("select actor, scope from audit.denied where scope like '%auth/others%'"))
                .contains("lain");

        expect(200, pusher.put("/v2/_registry/release", own.getBytes(UTF_8)));
        assertThat(pusher.pullManifest("auth/released", "2")).isEqualTo(image);
    }

    private static byte[] manifest(Digest config, String note) {
        return """
                {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",\
                "digest":"%s","size":2},"layers":[],"annotations":{"note":"%s"}}""".formatted(MediaTypes.OCI_MANIFEST, config, note).getBytes(UTF_8);
    }

    @Test
    void mountingNeedsPullOfTheSourceAndTheUploadGoesOnWithoutIt() {
        byte[] content = "a layer of the prior repository".getBytes(UTF_8);
        Digest layer = registry.with("lain", "repository:auth/prior:pull,push").pushBlob("auth/prior", content);
        String mount = "/v2/auth/target/blobs/uploads/?mount=" + layer + "&from=auth/prior";
        RegistryClient ofTarget = registry.with("lain", "repository:auth/target:pull,push");

        assertChallenged(
                ofTarget.post(mount),
                ",scope=\"repository:auth/target:pull,push repository:auth/prior:pull\",error=\"insufficient_scope\"");
        assertChallenged(
                registry.with("lain", "repository:auth/prior:pull").post(mount),
                ",scope=\"repository:auth/target:pull,push repository:auth/prior:pull\",error=\"insufficient_scope\"");
        assertThat(ofTarget.pushBlob("auth/target", content)).isEqualTo(layer);

        RegistryClient mounter = withTokenFor("repository:auth/mounted:pull,push", "repository:auth/prior:pull");
        expect(201, mounter.post(mount.replace("auth/target", "auth/mounted")));
    }

    /** No client learns what others have by asking for it. */
    @Test
    void mountingFromAnywhereFindsOnlyWhatTheCallerMayPull() {
        byte[] content = "a layer that not every client may know of".getBytes(UTF_8);
        Digest layer = registry.with("lain", "repository:auth/secret:pull,push").pushBlob("auth/secret", content);
        String mount = "/v2/auth/finder/blobs/uploads/?mount=" + layer;

        expect(202, registry.with("lain", "repository:auth/finder:pull,push").post(mount));

        JsonObjectBuilder both = TokenService.claims("lain", "lain.local", null)
                .add(
                        "access",
                        Json.createArrayBuilder()
                                .add(access("repository:auth/finder:pull,push").get(0))
                                .add(access("repository:auth/secret:pull").get(0)));
        RegistryClient finder =
                registry.withToken(registry.tokens().mint().mint(both.build().toString()));
        expect(201, finder.post(mount));
        expect(200, finder.head("/v2/auth/finder/blobs/" + layer));
    }

    @Test
    void whatIsMountedFromAnywhereIsMountedFromWhereTheClientMayPull() {
        byte[] content = "a layer of another client".getBytes(UTF_8);
        Digest layer = registry.with("lain", "repository:auth/secret:pull,push").pushBlob("auth/secret", content);
        String mount = "/v2/auth/anywhere/blobs/uploads/?mount=" + layer;

        expect(202, registry.with("lain", "repository:auth/anywhere:pull,push").post(mount));
        expect(202, registry.with("lain", "repository:auth/anywhere:pull,push").post(mount + "&from="));
        expect(
                201,
                withTokenFor("repository:auth/anywhere:pull,push", "repository:auth/secret:pull")
                        .post(mount));
    }

    /** Plain pulls are not answered by a resource. */
    @ParameterizedTest
    @ValueSource(strings = {"manifests/1", "manifests/", "blobs/"})
    void whatIsPulledPlainlyIsGuardedToo(String path) {
        RegistryClient pusher = registry.with("lain", "repository:auth/plain:push,pull");
        Digest config = pusher.pushBlob("auth/plain", "{}".getBytes(UTF_8));
        Digest manifest = pusher.pushManifest("auth/plain", "1", MediaTypes.OCI_MANIFEST, manifest(config, ""));
        String plain = "/v2/auth/plain/" + path
                + switch (path) {
                    case "manifests/" -> manifest;
                    case "blobs/" -> config;
                    default -> "";
                };
        String scope = ",scope=\"repository:auth/plain:pull\"";
        RegistryClient of = registry.with(null, "repository:auth/plain:pull");
        RegistryClient ofAnother = registry.with(null, "repository:auth/plain2:pull");

        for (String method : new String[] {"GET", "HEAD"}) {
            expect(200, pull(of, method, plain));
            assertChallenged(pull(anonymous, method, plain), scope);
            assertChallenged(pull(registry.withToken("None"), method, plain), scope + ",error=\"invalid_token\"");
            assertChallenged(pull(ofAnother, method, plain), scope + ",error=\"insufficient_scope\"");
        }
        long before = server.logPosition();
        pull(pusher, "GET", plain);
        await().untilAsserted(() -> assertThat(server.logSince(before))
                .anyMatch(line -> line.contains("method=GET uri=" + plain) && line.contains(" auth.user.name=lain ")));
    }

    private static HttpResponse<byte[]> pull(RegistryClient client, String method, String path) {
        return client.send(method, path, BodyPublishers.noBody(), "Accept", MediaTypes.OCI_MANIFEST);
    }

    private RegistryClient withTokenFor(String... scopes) {
        JsonArrayBuilder access = Json.createArrayBuilder();
        for (String scope : scopes) {
            access.add(access(scope).get(0));
        }
        JsonObjectBuilder claims = TokenService.claims("lain", "lain.local", access.build());
        return registry.withToken(registry.tokens().mint().mint(claims.build().toString()));
    }

    @Test
    void severalCredentialsAtOnceAreNone() {
        HttpResponse<byte[]> answer = anonymous.get("/v2/", "Authorization", "Bearer a", "Authorization", "Bearer b");

        assertThat(errorCodes(expect(400, answer))).containsExactly("UNSUPPORTED");
    }

    @Test
    void anUploadThatIsRefusedIsToldSoThoughItIsLarge() {
        HttpResponse<byte[]> answer =
                anonymous.patch("/v2/auth/large/blobs/uploads/" + UUID.randomUUID(), new byte[64 << 20]);

        assertChallenged(answer, ",scope=\"repository:auth/large:pull,push\"");
    }

    @Test
    void aLongTokenIsReadAndATooLongOneIsInvalid() {
        for (int length : new int[] {11_000, 14_000}) {
            JsonObjectBuilder claims =
                    TokenService.claims("lain", "lain.local", null).add("padding", "x".repeat(length));
            HttpResponse<byte[]> answer = registry.withToken(
                            registry.tokens().mint().mint(claims.build().toString()))
                    .get("/v2/");
            if (length < 12_000) {
                expect(200, answer);
            } else {
                assertChallenged(answer, ",error=\"invalid_token\"");
            }
        }
    }

    @Test
    void aRouteOfTomorrowIsForAdministratorsAndFindsTheVerifiedTokenWhereMicroProfilePutsIt() {
        expect(401, registry.with("lain", "repository:hello:pull").get("/probe/caller"));
        JsonObjectBuilder claims = TokenService.claims("lain", "lain.local", access("registry:admin:*"));

        HttpResponse<byte[]> answer = expect(
                200,
                registry.withToken(registry.tokens().mint().mint(claims.build().toString()))
                        .get("/probe/caller"));

        assertThat(new String(answer.body(), UTF_8)).isEqualTo("""
                injected lain auth server [lain.local]
                principal lain true
                scheme token
                admin true
                pull false""");
    }

    @Test
    void rowsAndTheAccessLogNameWhoDidIt() {
        RegistryClient pusher = registry.with("lain", "repository:auth/audited:push,pull");
        long before = server.logPosition();
        Digest blob = pusher.pushBlob("auth/audited", "audited".getBytes(UTF_8));
        pusher.pushManifest(
                "auth/audited",
                "1",
                MediaTypes.OCI_MANIFEST,
                manifest(pusher.pushBlob("auth/audited", "{}".getBytes(UTF_8)), ""));

        assertThat(server.sql("select actor, auth_method from audit.blob_push where digest = '" + blob + "'"))
                .containsPattern("lain\\s*\\|\\s*token");
        assertThat(server.sql("select actor, auth_method from audit.push where repository = 'auth/audited'"))
                .containsPattern("lain\\s*\\|\\s*token");
        assertThat(server.sql("select actor, auth_method from audit.tag_history where repository = 'auth/audited'"))
                .containsPattern("lain\\s*\\|\\s*token");
        await().untilAsserted(() -> assertThat(server.logSince(before))
                .anyMatch(line -> line.contains("method=PUT uri=/v2/auth/audited/manifests/1 ")
                        && line.contains("status=201")
                        && line.contains(" auth.user.name=lain ")));
    }

    @Test
    void aPushWithATokenWithoutASubjectIsARowWithoutAName() {
        JsonObjectBuilder claims = TokenService.claims(null, "lain.local", access("repository:auth/unnamed:push,pull"));
        registry.withToken(registry.tokens().mint().mint(claims.build().toString()))
                .pushBlob("auth/unnamed", "unnamed".getBytes(UTF_8));

        assertThat(server.sql("""
                        select actor is null as unnamed, auth_method from audit.blob_push
                        where repository = 'auth/unnamed'""")).containsPattern("t(rue)?\\s*\\|\\s*token");
    }

    @Test
    void whatIsDeniedToANamedCallerIsARowAndWhatIsAskedOfAStrangerIsNone() {
        RegistryClient guest = registry.with("guest", "repository:auth/denied:pull");
        for (int i = 0; i < 5; i++) {
            expect(
                    401,
                    guest.delete(
                            "/v2/auth/denied/manifests/latest",
                            "User-Agent",
                            "lainctl",
                            "X-Forwarded-For",
                            "203.0.113.77"));
            expect(401, anonymous.delete("/v2/auth/denied/manifests/latest", "X-Forwarded-For", "203.0.113.77"));
        }
        HttpResponse<byte[]> invalid = anonymous.get(
                "/v2/auth/denied/tags/list", "Authorization", "Bearer None", "X-Forwarded-For", "203.0.113.78");

        assertThat(server.sql("""
                        select scope, reason, actor, auth_method, host(client_address) as address, user_agent,
                               count(*) over () as rows
                        from audit.denied where repository = 'auth/denied' and host(client_address) = '203.0.113.77'"""))
                .containsPattern(
                        "repository:auth/denied:\\*\\s*\\|\\s*insufficient scope\\s*\\|\\s*guest\\s*\\|\\s*token"
                                + "\\s*\\|\\s*203.0.113.77\\s*\\|\\s*lainctl\\s*\\|\\s*1");
        assertThat(server.sql("""
                        select reason, detail, actor is null as unnamed, request_id from audit.denied
                        where host(client_address) = '203.0.113.78'"""))
                .containsPattern("invalid token\\s*\\|\\s*it is no signed JSON Web Token\\s*\\|\\s*t(rue)?\\s*\\|\\s*"
                        + header(invalid, "X-Request-Id"));
        assertThat(server.sqlRefused("delete from registry.denial")).contains("permission denied");
    }

    @Test
    void namesThatCannotBeAreRefusedBeforeTheyAreNeeded() {
        for (String path : new String[] {"/v2/A/tags/list", "/v2/a%22b/tags/list", "/v2/a/../b/manifests/x"}) {
            assertThat(anonymous.get(path).statusCode()).as(path).isIn(400, 401, 404);
            assertThat(anonymous.get(path).headers().firstValue("WWW-Authenticate"))
                    .as(path)
                    .isEmpty();
        }
    }
}
