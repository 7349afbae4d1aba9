package com.laincloud.registry.manifest;

import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.http.Locations;
import com.laincloud.registry.http.Preconditions;
import com.laincloud.registry.manifest.ManifestMemory.Room;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import com.laincloud.registry.request.Precondition;
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
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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
    private static final int MAX_TAGS = 100;

    private final Manifests manifests;
    private final Tags tags;
    private final ManifestAnswers answers;
    private final PastReference past;
    private final Schema1Manifests schema1;
    private final Locations locations;
    private final ManifestMemory memory;

    @Inject
    public ManifestResource(
            Manifests manifests,
            Tags tags,
            ManifestAnswers answers,
            PastReference past,
            Schema1Manifests schema1,
            Locations locations,
            ManifestMemory memory) {
        this.manifests = manifests;
        this.tags = tags;
        this.answers = answers;
        this.past = past;
        this.schema1 = schema1;
        this.locations = locations;
        this.memory = memory;
    }

    @GET
    public Response get(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") String text,
            @QueryParam("at") @Nullable String at,
            @Context HttpServletRequest request) {
        return answers.pull(repository, sought(repository, text, at), request).toResponse(request);
    }

    @HEAD
    public Response head(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") String text,
            @QueryParam("at") @Nullable String at,
            @Context HttpServletRequest request) {
        return answers.pull(repository, sought(repository, text, at), request).toResponse(request);
    }

    @PUT
    @SuppressWarnings("try") // room is taken, not used
    public Response put(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") Reference reference,
            @QueryParam("tag") List<String> names,
            @HeaderParam(HttpHeaders.CONTENT_TYPE) @Nullable String contentType,
            InputStream body,
            @Context HttpHeaders headers,
            @Context HttpServletRequest request) {
        List<Tag> more = tags(names);
        long length = request.getContentLengthLong();
        byte[] begin = begin(body, length);
        try (Room room = memory.received(begin.length < ManifestMemory.USUAL ? begin.length : length(length))) {
            byte[] payload = read(begin, body, length);
            PushedManifest manifest;
            try (Room understood = memory.understood(payload.length)) {
                manifest = PushedManifest.of(reference, payload, contentType);
            }
            return put(repository, reference, more, manifest, headers, request);
        }
    }

    /** The texts are read here, because the container makes an empty one into none. */
    private static List<Tag> tags(List<String> names) {
        if (names.size() > MAX_TAGS) {
            throw new RegistryException(
                    ErrorCode.UNSUPPORTED, 414, "a request may name " + MAX_TAGS + " tags, not " + names.size());
        }
        return names.stream().map(Tag::valueOf).toList();
    }

    private Response put(
            RepositoryName repository,
            Reference reference,
            List<Tag> more,
            PushedManifest manifest,
            HttpHeaders headers,
            HttpServletRequest request) {
        schema1.requireAcceptable(manifest.content(), manifest.payload());
        Set<Tag> names = new LinkedHashSet<>(more);
        if (reference instanceof Tag tag) {
            names.add(tag);
        }
        manifests.put(repository, names, manifest, Preconditions.of(headers), CurrentRequester.of(request));
        Response.ResponseBuilder answer = Response.status(Response.Status.CREATED)
                .header("Location", locations.of(request, "/v2/" + repository + "/manifests/" + manifest.digest()))
                .header("Docker-Content-Digest", manifest.digest());
        if (!more.isEmpty()) {
            answer.header("OCI-Tag", names(more)); // in one line, because the container counts lines
        }
        if (manifest.subject() != null) {
            answer.header("OCI-Subject", manifest.subject());
        }
        return answer.build();
    }

    @DELETE
    public Response delete(
            @PathParam("name") RepositoryName repository,
            @PathParam("reference") Reference reference,
            @Context HttpHeaders headers,
            @Context HttpServletRequest request) {
        Precondition precondition = Preconditions.of(headers);
        switch (reference) {
            case Tag tag -> tags.delete(repository, tag, precondition, CurrentRequester.of(request));
            case Digest digest -> manifests.delete(repository, digest, precondition, CurrentRequester.of(request));
        }
        return Response.accepted().build();
    }

    private Reference sought(RepositoryName repository, String text, @Nullable String at) {
        return at == null ? sought(text) : past.of(repository, sought(text), at);
    }

    /** What a client looks for. A name that no tag can have is as unknown as one that no tag has. */
    private static Reference sought(String text) {
        try {
            return Reference.valueOf(text);
        } catch (RegistryException e) {
            throw e.code() == ErrorCode.TAG_INVALID ? new RegistryException(ErrorCode.MANIFEST_UNKNOWN, text) : e;
        }
    }

    private static String names(List<Tag> tags) {
        return tags.stream().map(Tag::name).distinct().collect(Collectors.joining(", "));
    }

    /** As much as needs no room of its own: a client that sends no more than this keeps none from others. */
    private static byte[] begin(InputStream body, long contentLength) {
        try {
            return contentLength > MAX_PAYLOAD ? new byte[0] : body.readNBytes(ManifestMemory.USUAL);
        } catch (IOException e) {
            throw new RegistryException(ErrorCode.SIZE_INVALID, "the manifest ended too early");
        }
    }

    private static long length(long contentLength) {
        return contentLength < 0 ? MAX_PAYLOAD : contentLength;
    }

    private static byte[] read(byte[] begin, InputStream body, long contentLength) {
        byte[] payload = begin;
        try {
            if (begin.length == ManifestMemory.USUAL) {
                byte[] rest = body.readNBytes(MAX_PAYLOAD + 1 - begin.length);
                payload = Arrays.copyOf(begin, begin.length + rest.length);
                System.arraycopy(rest, 0, payload, begin.length, rest.length);
            }
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
