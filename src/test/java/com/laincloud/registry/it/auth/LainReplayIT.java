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

import com.laincloud.registry.it.DockerImage;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SecretFiles;
import com.laincloud.registry.it.SharedRegistryServer;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonString;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Objects;
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
    private static final String SECRETS = "web-config-1500000001";
    private static final String OTHER_SECRETS = "web-config-1500000002";
    private static final String LAID_UPON = RELEASE + "-" + SECRETS;
    private static final String OTHER_LAID_UPON = RELEASE + "-" + OTHER_SECRETS;
    private static final String BASIC = TokenService.basic("test", "test");
    private static final String[] ACCEPTED_BY_DOCKER = {
        "Accept",
        "application/vnd.docker.distribution.manifest.v1+prettyjws",
        "Accept",
        "application/json",
        "Accept",
        MediaTypes.DOCKER_MANIFEST,
        "Accept",
        MediaTypes.DOCKER_MANIFEST_LIST
    };

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
        byte[] prior = ("layer known to a prior repository " + app).getBytes(UTF_8);
        DockerImage meta = DockerImage.of("lain.yaml of " + app, ("lain.yaml in " + app).getBytes(UTF_8));
        DockerImage release = DockerImage.of("release of " + app, base, prior);

        theProbeFindsOutWhetherToLogIn(lain);
        loggingInNeedsNoScope(lain);
        preparingFindsNothingAndPushes(lain, app, DockerImage.of("prepare of " + app, base));
        pushingMetaAndRelease(lain, app, meta, release, base, prior);
        whatWasPushedIsListed(lain, app, META, PREPARE, RELEASE);
        consoleReadsTheTagsAndItsDaemonPullsAnonymously(lain, app, meta);
        deploydPullsAnonymously(lain, app, release);
        secretFilesAreLaidUponTheReleaseAndDeploydPullsThem(lain, app);
        theCatalogIsReadInPagesAndWhole(lain, app);
        cleaningDeletesByDigestWithAllItsTags(lain, app);
        theSameImageIsPushedAgain(lain, app, release);
    }

    /** lain-sdk: 401 means that the user has to log in, and the challenge says where. */
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
        for (String authorization : new String[] {"Bearer ", "Bearer None", BASIC}) { // of a user who is not logged in
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

    private void preparingFindsNothingAndPushes(LainClient lain, String app, DockerImage prepare) {
        assertThat(errorCodes(expect(404, lain.send("GET", "/v2/" + app + "/tags/list"))))
                .containsExactly("NAME_UNKNOWN");

        push(lain, app, PREPARE, prepare);
    }

    /** docker 1.12: the layer is known from another repository, which may or may not spare it the upload. */
    private void pushingMetaAndRelease(
            LainClient lain, String app, DockerImage meta, DockerImage release, byte[] base, byte[] prior) {
        push(lain, "prior-" + app, META, DockerImage.of("prior to " + app, prior));

        push(lain, app, META, meta);
        expect(200, lain.send("HEAD", "/v2/" + app + "/blobs/" + digest(base)));
        String mount = "/v2/" + app + "/blobs/uploads/?mount=" + digest(prior) + "&from=prior-" + app;
        if (lain.tokens() == null) {
            expect(201, lain.send("POST", mount));
        } else { // Console saw only the last of two scopes
            HttpResponse<byte[]> refused = expect(401, lain.send("POST", mount));
            assertThat(header(refused, "WWW-Authenticate")).endsWith(",error=\"insufficient_scope\"");
            pushBlob(lain, app, prior);
        }
        pushBlob(lain, app, release.config());
        pushManifest(lain, app, RELEASE, release.manifest());
    }

    private void whatWasPushedIsListed(LainClient lain, String app, String... tags) {
        for (String path : new String[] {"/v2/" + app + "/tags/list", "/v2/" + app + "/tags/list/"}) {
            assertThat(tags(expect(200, lain.send("GET", path)))).containsExactly(tags);
        }
    }

    private void consoleReadsTheTagsAndItsDaemonPullsAnonymously(LainClient lain, String app, DockerImage meta) {
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
                .isEqualTo(meta.config());
    }

    private void deploydPullsAnonymously(LainClient lain, String app, DockerImage release) {
        assertThat(pull(lain, app, RELEASE).body()).isEqualTo(release.manifest());
        release.blobs().forEach(blob -> pullBlob(lain, app, digest(blob).toString()));
    }

    /** Of the same repository, and of another one; what docker 1.12 gets of both is schema 1, each layer of it. */
    private void secretFilesAreLaidUponTheReleaseAndDeploydPullsThem(LainClient lain, String app) {
        byte[] file = ("secret file of " + app).getBytes(UTF_8);
        push(lain, app, SECRETS, DockerImage.of("secrets of " + app, file));
        byte[] another = ("another secret file of " + app).getBytes(UTF_8);
        push(lain, "secrets-" + app, OTHER_SECRETS, DockerImage.of("more secrets of " + app, another));
        SecretFileTool tool = new SecretFileTool(lain);

        byte[] signed = tool.overlay(app, RELEASE, app, SECRETS);
        byte[] signedAnew = tool.overlay(app, RELEASE, "secrets-" + app, OTHER_SECRETS);

        deploydPullsSchema1(lain, app, LAID_UPON, signed, digest(file).toString());
        deploydPullsSchema1(
                lain, app, OTHER_LAID_UPON, signedAnew, digest(another).toString());
    }

    private static void deploydPullsSchema1(LainClient lain, String app, String tag, byte[] signed, String secret) {
        HttpResponse<byte[]> answer = expect(200, lain.as(null).send("GET", manifest(app, tag), ACCEPTED_BY_DOCKER));

        assertThat(header(answer, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        assertThat(answer.body()).isEqualTo(signed);
        List<String> layers = SecretFiles.blobSums(json(answer));
        assertThat(layers).first().isEqualTo(secret);
        int pulled = 0;
        for (int i = 0; i < layers.size(); i++) {
            if (!SecretFiles.image(json(answer), i).getBoolean("throwaway", false)) {
                pullBlob(lain, app, layers.get(i));
                pulled++;
            }
        }
        assertThat(pulled).as("the secret file, and two of the release").isEqualTo(3);
    }

    private static void pullBlob(LainClient lain, String app, String blob) {
        assertThat(digest(expect(200, lain.as(null).send("GET", "/v2/" + app + "/blobs/" + blob))
                        .body()))
                .hasToString(blob);
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
                .isEqualTo(DockerImage.CREATED);

        if (lain.tokens() != null) { // the cleaner tries with the token of the repository before
            String stale = lain.tokens().token("lain", "repository:prior-" + app + ":*");
            HttpResponse<byte[]> refused =
                    expect(401, lain.sendWith(stale, "DELETE", "/v2/" + app + "/manifests/" + digest, new byte[0]));
            assertThat(header(refused, "WWW-Authenticate"))
                    .endsWith(",scope=\"repository:" + app + ":*\",error=\"insufficient_scope\"");
        }
        expect(202, lain.send("DELETE", "/v2/" + app + "/manifests/" + digest));
        whatWasPushedIsListed(lain, app, META, PREPARE, LAID_UPON, OTHER_LAID_UPON, SECRETS);
        assertThat(errorCodes(expect(404, lain.send("GET", "/v2/" + app + "/manifests/" + RELEASE))))
                .containsExactly("MANIFEST_UNKNOWN");
        for (String tag : new String[] {META, PREPARE, LAID_UPON, OTHER_LAID_UPON, SECRETS}) {
            expect(202, lain.send("DELETE", "/v2/" + app + "/manifests/" + deletable(lain, app, tag)));
        }
        whatWasPushedIsListed(lain, app);
    }

    private void theSameImageIsPushedAgain(LainClient lain, String app, DockerImage release) {
        push(lain, app, RELEASE, release);

        deploydPullsAnonymously(lain, app, release);
    }

    private static HttpResponse<byte[]> pull(LainClient lain, String app, String tag) {
        HttpResponse<byte[]> manifest = expect(200, lain.as(null).send("GET", manifest(app, tag), ACCEPTED_BY_DOCKER));
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

    private static void push(LainClient lain, String app, String tag, DockerImage image) {
        for (byte[] blob : image.blobs()) {
            if (lain.send("HEAD", "/v2/" + app + "/blobs/" + digest(blob)).statusCode() != 200) {
                pushBlob(lain, app, blob);
            }
        }
        pushManifest(lain, app, tag, image.manifest());
    }

    private static String manifest(String app, String reference) {
        return "/v2/" + app + "/manifests/" + reference;
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
}
