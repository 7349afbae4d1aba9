package com.laincloud.registry.upload;

import com.laincloud.registry.http.Locations;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageDriver;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.UUID;

/** The answers an upload gives: that it has begun, how far it has come, and that it is a blob now. */
@Singleton
class UploadAnswers {

    private final Locations locations;
    private final StorageDriver storage;

    @Inject
    UploadAnswers(Locations locations, StorageDriver storage) {
        this.locations = locations;
        this.storage = storage;
    }

    /** To a session that was opened, with what the storage would like chunks to be like. */
    Response started(RepositoryName repository, UUID upload, HttpServletRequest request) {
        Response.ResponseBuilder answer = Response.accepted();
        storage.smallestChunk().ifPresent(bytes -> answer.header("OCI-Chunk-Min-Length", bytes));
        return progress(answer, repository, upload, 0, request);
    }

    /** The parameter of an upload's location that says how many bytes were acknowledged with it. */
    static final String STATE = "_state";

    /**
     * The location has a query, because LAIN's own client appends {@code &digest=…} to it without looking; and because a
     * request that comes back with it tells whether the power took what was acknowledged.
     */
    Response progress(
            Response.ResponseBuilder answer,
            RepositoryName repository,
            UUID upload,
            long size,
            HttpServletRequest request) {
        String path = "/v2/" + repository + "/blobs/uploads/" + upload + "?" + STATE + "=" + size;
        return answer.header(HttpHeaders.LOCATION, locations.of(request, path))
                .header("Range", UploadRange.acknowledged(size))
                .header("Docker-Upload-UUID", upload)
                .build();
    }

    Response created(RepositoryName repository, Digest digest, HttpServletRequest request) {
        return Response.status(Response.Status.CREATED)
                .header(HttpHeaders.LOCATION, locations.of(request, "/v2/" + repository + "/blobs/" + digest))
                .header("Docker-Content-Digest", digest)
                .build();
    }
}
