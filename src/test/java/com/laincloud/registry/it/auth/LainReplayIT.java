package com.laincloud.registry.it.auth;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.errorCodes;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.json;
import static com.laincloud.registry.it.RegistryClient.nextPage;
import static com.laincloud.registry.it.RegistryClient.withDigest;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the parts of a LAIN cluster ask of their registry over the life of an application, in their order and their words:
 * lain-sdk and lain-cli, docker 1.12, Console, deployd, lainctl and the weekly cleaner. With authentication off and on, and by
 * the two ways through the web router.
 */
@ExtendWith({SharedRegistryServer.class, TokenRegistry.Shared.class})
class LainReplayIT {

    private static final String VERSION = "1500000000-0123456789abcdef0123456789abcdef01234567";
    private static final String META = "meta-" + VERSION;
    private static final String RELEASE = "release-" + VERSION;
    private static final String PREPARE = "prepare-1500000000-0123456789-0123456789abcdef";
    private static final String CREATED = "2017-07-14T02:40:00.123456789Z";
    private static final String BASIC = TokenService.basic("test", "test");

    private final RegistryServer open;
    private final TokenRegistry guarded;

    LainReplayIT(RegistryServer open, TokenRegistry guarded) {
        this.open = open;
        this.guarded = guarded;
    }

    @ParameterizedTest
    @CsvSource({"off, http", "off, https", "on, http", "on, https"})
    void aClusterDoesNotNoticeWhichRegistryItHas(String auth, String scheme) {
        boolean isGuarded = auth.equals("on");
        LainClient lain = new LainClient(
                isGuarded ? guarded.uri() : open.uri(), isGuarded ? guarded.tokens() : null, "lain", scheme);
        String app = "hello-" + auth + "-" + scheme;
        byte[] base = ("the base of " + app).getBytes(UTF_8);
        byte[] meta = image(CREATED, "lain.yaml of " + app);
        byte[] release = image(CREATED, "release of " + app);

        theProbeFindsOutWhetherToLogIn(lain);
        loggingInNeedsNoScope(lain);
        preparingFindsNothingAndPushes(lain, app, base);
        pushingMetaAndRelease(lain, app, meta, release, base);
        whatWasPushedIsListed(lain, app, META, PREPARE, RELEASE);
        consoleReadsTheTagsAndItsDaemonPullsAnonymously(lain, app, meta);
        deploydPullsAnonymously(lain, app, release);
        theCatalogIsReadInPagesAndWhole(lain, app);
        cleaningDeletesByDigestWithAllItsTags(lain, app);
        theSameImageIsPushedAgain(lain, app, release);
    }

    /** lain-sdk: 401 means that somebody has to log in, and the challenge says where. */
    private void theProbeFindsOutWhetherToLogIn(LainClient lain) {
        assertThat(header(expect(301, lain.sendOnce("GET", "/v2", new byte[0])), "Location"))
                .endsWith("/v2/");
        HttpResponse<byte[]> probe = lain.sendOnce("GET", "/v2/", new byte[0]);

        assertThat(new String(probe.body(), UTF_8)).startsWith("{");
        if (lain.tokens() == null) {
            expect(200, probe);
            assertThat(probe.headers().firstValue("WWW-Authenticate")).isEmpty();
        } else {
            expect(401, probe);
            String first = header(probe, "WWW-Authenticate").split(",", -1)[0];
            assertThat(first).isEqualTo("Bearer realm=\"" + lain.tokens().realm() + "\"");
            assertThat(lain.tokens().realm().toString()).doesNotContain(",", "=");
        }
        for (String authorization :
                new String[] {"Bearer ", "Bearer None", BASIC}) { // of somebody who is not logged in
            expect(
                    lain.tokens() == null ? 404 : 401,
                    lain.sendOnce("GET", "/v2/nothing/tags/list", new byte[0], "Authorization", authorization));
        }
    }

    private void loggingInNeedsNoScope(LainClient lain) {
        expect(200, lain.send("GET", "/v2/"));
        if (lain.tokens() != null) {
            String token = lain.tokens().token("guest", "repository:whatever:push,pull"); // without access
            expect(200, lain.sendWith(token, "GET", "/v2/", new byte[0]));
        }
    }

    private void preparingFindsNothingAndPushes(LainClient lain, String app, byte[] base) {
        assertThat(errorCodes(expect(404, lain.send("GET", "/v2/" + app + "/tags/list"))))
                .containsExactly("NAME_UNKNOWN");
        byte[] config = image(CREATED, "prepare of " + app);

        pushBlob(lain, app, base);
        pushBlob(lain, app, config);
        pushManifest(lain, app, PREPARE, manifest(config, base));
    }

    /** docker 1.12: the layer is known from another repository, which may or may not spare it the upload. */
    private void pushingMetaAndRelease(LainClient lain, String app, byte[] meta, byte[] release, byte[] base) {
        byte[] yaml = ("lain.yaml in " + app).getBytes(UTF_8);
        byte[] prior = ("layer known to a prior repository " + app).getBytes(UTF_8);
        pushBlob(lain, "prior-" + app, prior);
        pushBlob(lain, "prior-" + app, meta);
        pushManifest(lain, "prior-" + app, META, manifest(meta, prior));

        for (byte[] blob : List.of(yaml, meta)) {
            pushBlob(lain, app, blob);
        }
        pushManifest(lain, app, META, manifest(meta, yaml));
        expect(200, lain.send("HEAD", "/v2/" + app + "/blobs/" + digest(base)));
        String mount = "/v2/" + app + "/blobs/uploads/?mount=" + digest(prior) + "&from=prior-" + app;
        if (lain.tokens() == null) {
            expect(201, lain.send("POST", mount));
        } else { // Console saw only the last of two scopes
            HttpResponse<byte[]> refused = expect(401, lain.send("POST", mount));
            assertThat(header(refused, "WWW-Authenticate")).endsWith(",error=\"insufficient_scope\"");
            pushBlob(lain, app, prior);
        }
        pushBlob(lain, app, release);
        pushManifest(lain, app, RELEASE, manifest(release, base, prior));
    }

    private void whatWasPushedIsListed(LainClient lain, String app, String... tags) {
        for (String path : new String[] {"/v2/" + app + "/tags/list", "/v2/" + app + "/tags/list/"}) {
            assertThat(tags(expect(200, lain.send("GET", path)))).containsExactly(tags);
        }
    }

    private void consoleReadsTheTagsAndItsDaemonPullsAnonymously(LainClient lain, String app, byte[] meta) {
        if (lain.tokens() != null) {
            String own = lain.tokens()
                    .mint()
                    .mint(TokenService.claims(
                                    "lain", "lain.local", TokenService.access("repository:" + app + ":pull,push"))
                            .build()
                            .toString());
            expect(200, lain.sendWith(own, "GET", "/v2/", new byte[0]));
            expect(200, lain.sendWith(own, "GET", "/v2/" + app + "/tags/list", new byte[0]));
        }
        HttpResponse<byte[]> manifest = pull(lain, app, META);

        assertThat(header(manifest, "Content-Type")).isEqualTo(MediaTypes.DOCKER_MANIFEST);
        Digest config = Digest.valueOf(json(manifest).getJsonObject("config").getString("digest"));
        assertThat(expect(200, lain.as(null).send("GET", "/v2/" + app + "/blobs/" + config))
                        .body())
                .isEqualTo(meta);
    }

    private void deploydPullsAnonymously(LainClient lain, String app, byte[] release) {
        HttpResponse<byte[]> manifest = pull(lain, app, RELEASE);

        Stream.concat(
                        Stream.of(json(manifest).getJsonObject("config")),
                        json(manifest).getJsonArray("layers").getValuesAs(JsonObject.class).stream())
                .map(descriptor -> Digest.valueOf(descriptor.getString("digest")))
                .forEach(blob -> assertThat(digest(
                                expect(200, lain.as(null).send("GET", "/v2/" + app + "/blobs/" + blob))
                                        .body()))
                        .isEqualTo(blob));
        assertThat(json(manifest).getJsonObject("config").getString("digest"))
                .isEqualTo(digest(release).toString());
    }

    /** lainctl prepends the host to the link; the cleaner asks for all at once, and knows by the header whether to log in. */
    private void theCatalogIsReadInPagesAndWhole(LainClient lain, String app) {
        HttpResponse<byte[]> probe = lain.sendOnce("HEAD", "/v2/_catalog", new byte[0]);
        assertThat(probe.headers().firstValue("WWW-Authenticate").isPresent()).isEqualTo(lain.tokens() != null);

        HttpResponse<byte[]> whole = expect(200, lain.send("GET", "/v2/_catalog?n=10000", "Accept", "*/*"));
        assertThat(json(whole).getJsonArray("repositories").getValuesAs(JsonString::getString))
                .contains(app);
        assertThat(nextPage(whole)).isEmpty();
        HttpResponse<byte[]> page = expect(200, lain.send("GET", "/v2/_catalog?n=1"));
        String next = nextPage(page).orElseThrow();
        assertThat(next).startsWith("/v2/_catalog?");
        assertThat(json(expect(200, lain.send("GET", next))).getJsonArray("repositories"))
                .hasSize(1)
                .isNotEqualTo(json(page).getJsonArray("repositories"));
        if (lain.tokens() == null) {
            expect(200, lain.send("GET", "/v2/_catalog?n=10000", "Authorization", BASIC));
        }
    }

    private void cleaningDeletesByDigestWithAllItsTags(LainClient lain, String app) {
        String digest = deletable(lain, app, RELEASE);
        HttpResponse<byte[]> manifest = pull(lain, app, RELEASE);
        pushManifest(lain, app, "release-shared", manifest.body());
        Digest config = Digest.valueOf(json(manifest).getJsonObject("config").getString("digest"));
        assertThat(json(expect(200, lain.send("GET", "/v2/" + app + "/blobs/" + config)))
                        .getString("created"))
                .isEqualTo(CREATED);

        if (lain.tokens() != null) { // the cleaner tries with the token of the repository before
            String stale = lain.tokens().token("lain", "repository:prior-" + app + ":*");
            HttpResponse<byte[]> refused =
                    expect(401, lain.sendWith(stale, "DELETE", "/v2/" + app + "/manifests/" + digest, new byte[0]));
            assertThat(header(refused, "WWW-Authenticate"))
                    .endsWith(",scope=\"repository:" + app + ":*\",error=\"insufficient_scope\"");
        }
        expect(202, lain.send("DELETE", "/v2/" + app + "/manifests/" + digest));
        whatWasPushedIsListed(lain, app, META, PREPARE);
        assertThat(errorCodes(expect(404, lain.send("GET", "/v2/" + app + "/manifests/" + RELEASE))))
                .containsExactly("MANIFEST_UNKNOWN");
        for (String tag : new String[] {META, PREPARE}) {
            expect(202, lain.send("DELETE", "/v2/" + app + "/manifests/" + deletable(lain, app, tag)));
        }
        whatWasPushedIsListed(lain, app);
    }

    private void theSameImageIsPushedAgain(LainClient lain, String app, byte[] release) {
        byte[] base = ("the base of " + app).getBytes(UTF_8);
        for (byte[] blob : List.of(base, release)) {
            if (lain.send("HEAD", "/v2/" + app + "/blobs/" + digest(blob)).statusCode() != 200) {
                pushBlob(lain, app, blob);
            }
        }
        pushManifest(lain, app, RELEASE, manifest(release, base));

        assertThat(pull(lain, app, RELEASE).body()).isEqualTo(manifest(release, base));
    }

    private static HttpResponse<byte[]> pull(LainClient lain, String app, String tag) {
        HttpResponse<byte[]> manifest = expect(
                200,
                lain.as(null)
                        .send(
                                "GET",
                                "/v2/" + app + "/manifests/" + tag,
                                "Accept",
                                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                                "Accept",
                                "application/json",
                                "Accept",
                                MediaTypes.DOCKER_MANIFEST,
                                "Accept",
                                MediaTypes.DOCKER_MANIFEST_LIST));
        assertThat(header(manifest, "Docker-Content-Digest"))
                .isEqualTo(digest(manifest.body()).toString());
        return manifest;
    }

    private static String deletable(LainClient lain, String app, String tag) {
        return header(
                expect(
                        200,
                        lain.send("HEAD", "/v2/" + app + "/manifests/" + tag, "Accept", MediaTypes.DOCKER_MANIFEST)),
                "Docker-Content-Digest");
    }

    /** As docker 1.12 does it: HEAD, POST, PATCH without any type, PUT, HEAD. */
    private static void pushBlob(LainClient lain, String app, byte[] content) {
        String blob = "/v2/" + app + "/blobs/" + digest(content);
        expect(404, lain.send("HEAD", blob));
        HttpResponse<byte[]> started = expect(202, lain.send("POST", "/v2/" + app + "/blobs/uploads/"));
        assertThat(lain.path(started)).contains("?");
        assertThat(header(started, "Docker-Upload-UUID")).isNotBlank();
        assertThat(header(started, "Range")).isEqualTo("0-0");
        HttpResponse<byte[]> patched = expect(202, lain.send("PATCH", lain.path(started), content));
        assertThat(header(patched, "Range")).isEqualTo("0-" + (content.length - 1));
        HttpResponse<byte[]> completed = expect(201, lain.send("PUT", withDigest(lain.path(patched), digest(content))));
        assertThat(lain.path(completed)).isEqualTo(blob);
        assertThat(header(expect(200, lain.send("HEAD", blob)), "Content-Length"))
                .isEqualTo(Integer.toString(content.length));
    }

    private static void pushManifest(LainClient lain, String app, String tag, byte[] manifest) {
        HttpResponse<byte[]> put = expect(
                201,
                lain.send(
                        "PUT",
                        "/v2/" + app + "/manifests/" + tag,
                        manifest,
                        "Content-Type",
                        MediaTypes.DOCKER_MANIFEST));
        assertThat(header(put, "Docker-Content-Digest"))
                .isEqualTo(digest(manifest).toString());
        assertThat(header(put, "Docker-Distribution-Api-Version")).isEqualTo("registry/2.0");
        assertThat(lain.path(put)).isNotBlank();
    }

    private static List<String> tags(HttpResponse<byte[]> list) {
        return Objects.requireNonNull(json(list).getJsonArray("tags")).getValuesAs(JsonString::getString);
    }

    private static byte[] image(String created, String comment) {
        return """
                {"architecture":"amd64","os":"linux","created":"%s","comment":"%s","rootfs":{"type":"layers","diff_ids":[]}}""".formatted(created, comment).getBytes(UTF_8);
    }

    private static byte[] manifest(byte[] config, byte[]... layers) {
        String descriptors = Stream.of(layers)
                .map(layer -> descriptor("application/vnd.docker.image.rootfs.diff.tar.gzip", layer))
                .reduce((some, more) -> some + "," + more)
                .orElse("");
        return """
                {"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}""".formatted(
                        MediaTypes.DOCKER_MANIFEST,
                        descriptor("application/vnd.docker.container.image.v1+json", config),
                        descriptors)
                .getBytes(UTF_8);
    }

    private static String descriptor(String mediaType, byte[] content) {
        return "{\"mediaType\":\"%s\",\"size\":%d,\"digest\":\"%s\"}"
                .formatted(mediaType, content.length, digest(content));
    }
}
