package com.laincloud.registry.manifest;

import com.laincloud.registry.access.Action;
import com.laincloud.registry.access.Admission;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;

/**
 * {@code PUT /v2/_registry/release}: makes up to 1000 tags of any repositories name what the body says, all or none of them. The
 * body is a {@link Release}. The answer is one too: it takes this one back, but for tags that are new.
 */
@Path("v2/_registry/release")
@Singleton
public class ReleaseResource {

    private final Releases releases;
    private final Admission admission;

    @Inject
    public ReleaseResource(Releases releases, Admission admission) {
        this.releases = releases;
        this.admission = admission;
    }

    @PUT
    @Produces(MediaType.TEXT_PLAIN)
    public String put(InputStream body, @Context HttpServletRequest request) {
        Release release = Release.parse(read(body, request.getContentLengthLong()));
        admission.require(request, Action.PUSH, release.repositories());
        return releases.put(release, CurrentRequester.of(request)).stream()
                .map(released -> released.back() + "\n")
                .collect(Collectors.joining());
    }

    private static String read(InputStream body, long contentLength) {
        byte[] content;
        try {
            content = body.readNBytes(Release.MAX_LENGTH + 1);
        } catch (IOException e) {
            throw new RegistryException(ErrorCode.SIZE_INVALID, "the release ended too early");
        }
        if (content.length > Release.MAX_LENGTH) {
            throw new RegistryException(
                    ErrorCode.UNSUPPORTED, 413, "a release may have " + Release.MAX_LENGTH + " bytes");
        }
        if (contentLength > content.length) {
            throw new RegistryException(ErrorCode.SIZE_INVALID, "the release ended too early");
        }
        return new String(content, StandardCharsets.UTF_8);
    }
}
