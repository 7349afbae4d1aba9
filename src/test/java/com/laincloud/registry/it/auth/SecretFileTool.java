package com.laincloud.registry.it.auth;

import static com.laincloud.registry.it.RegistryClient.digest;
import static com.laincloud.registry.it.RegistryClient.expect;
import static com.laincloud.registry.it.RegistryClient.header;
import static com.laincloud.registry.it.RegistryClient.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.LibtrustSigner;
import com.laincloud.registry.it.SecretFiles;
import com.laincloud.registry.oci.MediaTypes;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;

/**
 * The tool by which LAIN's Console adds secret files to a release. It knows schema 1 alone, never says what it accepts or
 * sends, and always sends a token: an empty one if the registry asked for none.
 */
record SecretFileTool(LainClient lain) {

    /**
     * Lays the secret files of an image, of the same application or another, upon a release.
     *
     * @return what it has pushed as {@code RELEASE-SECRETS}
     */
    byte[] overlay(String app, String release, String source, String secrets) {
        expect(200, lain.sendOnce("GET", "/", new byte[0])); // does it speak http?
        JsonObject lower = manifest(app, release);
        JsonObject upper = manifest(source, secrets);
        String tag = release + "-" + secrets;
        JsonObject overlaid = SecretFiles.overlay(lower, upper, tag);
        if (!source.equals(app)) {
            copy(source, app, SecretFiles.blobSums(overlaid).getFirst());
        }
        byte[] signed = new LibtrustSigner().sign(overlaid);
        HttpResponse<byte[]> put =
                send(app, "PUT", "/v2/" + app + "/manifests/" + tag, BodyPublishers.ofByteArray(signed));
        assertThat(put.statusCode()).as(new String(put.body(), UTF_8)).isLessThanOrEqualTo(300);
        assertThat(header(put, "Docker-Content-Digest"))
                .isEqualTo(digest(LibtrustSigner.canonical(overlaid)).toString());
        return signed;
    }

    private JsonObject manifest(String app, String tag) {
        HttpResponse<byte[]> answer =
                expect(200, send(app, "GET", "/v2/" + app + "/manifests/" + tag, BodyPublishers.noBody()));
        assertThat(header(answer, "Content-Type")).isEqualTo(MediaTypes.SCHEMA1_SIGNED);
        JsonObject manifest = json(answer);
        assertThat(manifest.getInt("schemaVersion")).isEqualTo(1);
        assertThat(manifest.getJsonArray("history")).hasSameSizeAs(manifest.getJsonArray("fsLayers"));
        assertThat(SecretFiles.image(manifest, 0)).containsKeys("id", "parent", "config", "container_config");
        return manifest;
    }

    private void copy(String source, String app, String layer) {
        byte[] content = expect(200, send(source, "GET", "/v2/" + source + "/blobs/" + layer, BodyPublishers.noBody()))
                .body();
        assertThat(digest(content)).hasToString(layer);
        String upload =
                lain.path(expect(202, send(app, "POST", "/v2/" + app + "/blobs/uploads/", BodyPublishers.noBody())));
        assertThat(upload).contains("?");
        BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(content));
        expect(201, send(app, "PUT", upload + "&digest=" + layer, chunked));
    }

    /** With an empty token, and with Console's where that is refused. */
    private HttpResponse<byte[]> send(String app, String method, String path, BodyPublisher body) {
        HttpResponse<byte[]> answer = lain.sendOnce(method, path, body, "Authorization", "Bearer ");
        if (lain.tokens() == null) {
            return answer;
        }
        expect(401, answer);
        String token = lain.tokens().token("lain", "repository:" + app + ":pull,push");
        return lain.sendOnce(method, path, body, "Authorization", "Bearer " + token);
    }
}
