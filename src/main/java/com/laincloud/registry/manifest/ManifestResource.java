package com.laincloud.registry.manifest;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.http.Deletion;
import com.laincloud.registry.http.EntityTags;
import com.laincloud.registry.http.Locations;
import com.laincloud.registry.http.Requester;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.schema1.Schema1Manifests;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HEAD;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code /v2/<name>/manifests/<reference>}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">distribution-spec,
 *     pulling manifests</a>
 */
@Path("v2/{name: .+}/manifests/{reference}")
@Singleton
public class ManifestResource {

    private static final int MAX_PAYLOAD = 4 * 1024 * 1024;

    private final Manifests manifests;
    private final Tags tags;
    private final Representations representations;
    private final Schema1Manifests schema1;
    private final Locations locations;
    private final CurrentSettings settings;

    @Inject
    public ManifestResource(
            Manifests manifests,
            Tags tags,
            Representations representations,
            Schema1Manifests schema1,
            Locations locations,
            CurrentSettings settings) {
        this.manifests = manifests;
        this.tags = tags;
        this.representations = representations;
        this.schema1 = schema1;
        this.locations = locations;
        this.settings = settings;
    }

    @GET
    public Response get(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") Reference reference,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context HttpHeaders headers,
            @Context HttpServletRequest request) {
        StoredManifest manifest = require(repository, reference, headers, request);
        return EntityTags.matches(ifNoneMatch, manifest.digest())
                ? identified(Response.notModified(), manifest).build()
                : described(manifest).entity(manifest.payload()).build();
    }

    @HEAD
    public Response head(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") Reference reference,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @Context HttpHeaders headers,
            @Context HttpServletRequest request) {
        StoredManifest manifest = require(repository, reference, headers, request);
        return EntityTags.matches(ifNoneMatch, manifest.digest())
                ? identified(Response.notModified(), manifest).build()
                : described(manifest).build();
    }

    @PUT
    public Response put(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") Reference reference,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            InputStream body,
            @Context HttpServletRequest request) {
        byte[] payload = read(body, request.getContentLengthLong());
        Manifest manifest = ManifestParser.parse(payload, contentType);
        Digest digest = Digest.of(
                reference instanceof Digest named ? named.algorithm() : DigestAlgorithm.SHA256,
                manifest.canonical(payload));
        if (reference instanceof Digest named && !named.equals(digest)) {
            throw new RegistryException(ErrorCode.DIGEST_INVALID, "the manifest is " + digest + ", not " + named);
        }
        schema1.requireAcceptable(manifest, payload);
        Tag tag = reference instanceof Tag named ? named : null;
        manifests.put(repository, tag, digest, manifest, payload, Requester.of(request));
        Response.ResponseBuilder answer = Response.status(Response.Status.CREATED)
                .header("Location", locations.of(request, "/v2/" + repository + "/manifests/" + digest))
                .header("Docker-Content-Digest", digest);
        if (manifest.subject() != null) {
            answer.header("OCI-Subject", manifest.subject().digest());
        }
        return answer.build();
    }

    @DELETE
    public Response delete(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") Reference reference,
            @Context HttpServletRequest request) {
        Deletion.requireEnabled(settings.get());
        switch (reference) {
            case Tag tag -> tags.delete(repository, tag, Requester.of(request));
            case Digest digest -> manifests.delete(repository, digest, Requester.of(request));
        }
        return Response.accepted().build();
    }

    private StoredManifest require(
            RepositoryName repository, Reference reference, HttpHeaders headers, HttpServletRequest request) {
        List<String> accept = headers.getRequestHeader(HttpHeaders.ACCEPT);
        return representations.of(
                manifests.require(repository, reference),
                repository,
                reference,
                AcceptedTypes.of(accept == null ? List.of() : accept),
                Requester.of(request));
    }

    /** What is true of a manifest whether it is sent or not. */
    private static Response.ResponseBuilder described(StoredManifest manifest) {
        Response.ResponseBuilder answer = Response.ok();
        manifest.headers().forEach(answer::header);
        return answer;
    }

    private static Response.ResponseBuilder identified(Response.ResponseBuilder answer, StoredManifest manifest) {
        return answer.header("Docker-Content-Digest", manifest.digest())
                .header(HttpHeaders.ETAG, EntityTags.of(manifest.digest()));
    }

    private static byte[] read(InputStream body, long contentLength) {
        byte[] payload;
        try {
            payload = contentLength > MAX_PAYLOAD ? new byte[0] : body.readNBytes(MAX_PAYLOAD + 1);
        } catch (IOException e) {
            throw new RegistryException(ErrorCode.SIZE_INVALID, "the manifest ended too early");
        }
        if (contentLength > MAX_PAYLOAD || payload.length > MAX_PAYLOAD) {
            throw new RegistryException(
                    ErrorCode.MANIFEST_INVALID, 413, "a manifest may have " + MAX_PAYLOAD + " bytes");
        }
        if (contentLength >= 0 && payload.length < contentLength) {
            throw new RegistryException(ErrorCode.SIZE_INVALID, "the manifest ended too early");
        }
        return payload;
    }
}
