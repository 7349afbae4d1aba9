package com.laincloud.registry.manifest;

import com.laincloud.registry.audit.Pulls;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.http.ByteRange;
import com.laincloud.registry.http.ContentBody;
import com.laincloud.registry.http.CurrentRequester;
import com.laincloud.registry.http.PullAnswer;
import com.laincloud.registry.http.PullAnswer.Body;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Reference;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.EntityTags;
import com.laincloud.registry.storage.StoredContent;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.Collections;
import java.util.Map;

/** Answers the pull of a manifest, whichever way the request came in. */
@Singleton
public class ManifestAnswers {

    private final Manifests manifests;
    private final Representations representations;
    private final CurrentSettings settings;
    private final LargeManifests large;
    private final Pulls pulls;

    @Inject
    public ManifestAnswers(
            Manifests manifests,
            Representations representations,
            LargeManifests large,
            Pulls pulls,
            CurrentSettings settings) {
        this.settings = settings;
        this.large = large;
        this.pulls = pulls;
        this.manifests = manifests;
        this.representations = representations;
    }

    /**
     * The answer to a {@code GET} or {@code HEAD}.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNKNOWN} or {@link ErrorCode#NAME_UNKNOWN}
     */
    public PullAnswer pull(RepositoryName repository, Reference reference, HttpServletRequest request) {
        boolean isHead = request.getMethod().equals("HEAD");
        StoredManifest found = find(repository, reference, isHead);
        StoredManifest manifest = representations.of(
                found,
                repository,
                reference,
                AcceptedTypes.of(Collections.list(request.getHeaders(HttpHeaders.ACCEPT))),
                CurrentRequester.of(request));
        String entityTag = EntityTags.of(manifest.digest());
        if (EntityTags.matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), manifest.digest())) {
            return new PullAnswer(
                    HttpServletResponse.SC_NOT_MODIFIED,
                    Map.of("Docker-Content-Digest", manifest.digest().toString(), HttpHeaders.ETAG, entityTag),
                    new Body.None());
        }
        Body body = isHead ? new Body.None() : body(repository, manifest);
        if (!isHead) {
            pulls.count(repository, reference, found.digest(), CurrentRequester.of(request));
        }
        return new PullAnswer(
                HttpServletResponse.SC_OK,
                Map.of(
                        HttpHeaders.CONTENT_TYPE,
                        manifest.mediaType(),
                        HttpHeaders.CONTENT_LENGTH,
                        Integer.toString(manifest.size()),
                        "Docker-Content-Digest",
                        manifest.digest().toString(),
                        HttpHeaders.ETAG,
                        entityTag),
                body);
    }

    /** One who asks whether a manifest is there, by its digest, will not push it. */
    private StoredManifest find(RepositoryName repository, Reference reference, boolean isHead) {
        return isHead && reference instanceof Digest digest
                ? manifests.requireToKeep(
                        repository, digest, settings.get().garbageCollection().promised())
                : manifests.require(repository, reference);
    }

    private Body body(RepositoryName repository, StoredManifest manifest) {
        if (manifest.size() <= ManifestMemory.USUAL) {
            return new Body.Bytes(manifests.payload(repository, manifest));
        }
        StoredContent content =
                large.content(manifest.digest(), manifest.size(), () -> manifests.payload(repository, manifest));
        return new Body.Stored(new ContentBody(content, new ByteRange(0, manifest.size())));
    }
}
