package com.laincloud.registry.schema1;

import com.laincloud.registry.blob.Blobs;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.request.Requester;
import com.laincloud.registry.storage.StorageException;
import com.laincloud.registry.upload.Chunk;
import com.laincloud.registry.upload.Uploads;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.ByteArrayInputStream;
import java.util.HexFormat;

/**
 * The layer of steps that changed no file: an empty archive, compressed once and for all. A client that takes a manifest of
 * schema 1 and pushes it again with one more layer needs this layer in the repository.
 */
@Singleton
public class EmptyLayer {

    static final Digest DIGEST =
            Digest.valueOf("sha256:a3ed95caeb02ffe68cdd9fd84406680ae93d633cb16422d00e8a7c22955b46d4");

    private static final String CONTENT = "1f8b080000096e8800ff621805a360148c5800080000ffff2eafb5ef00040000";

    private static final System.Logger LOG = System.getLogger(EmptyLayer.class.getName());

    private final Blobs blobs;
    private final Uploads uploads;
    private final CurrentSettings settings;

    @Inject
    public EmptyLayer(Blobs blobs, Uploads uploads, CurrentSettings settings) {
        this.blobs = blobs;
        this.uploads = uploads;
        this.settings = settings;
    }

    static byte[] content() {
        return HexFormat.of().parseHex(CONTENT);
    }

    /**
     * Has the repository show it, as if the requester had pushed it. Where nothing may be written, or nothing can be, the
     * pull at hand does not suffer: clients do not fetch what they drop again, and the next conversion tries anew.
     */
    void show(RepositoryName repository, Requester requester) {
        if (settings.get().storage().readOnly()
                || blobs.find(repository, DIGEST).isPresent()) {
            return;
        }
        byte[] content = content();
        try {
            uploads.push(
                    repository,
                    DIGEST,
                    Chunk.of(new ByteArrayInputStream(content), null, (long) content.length),
                    requester);
        } catch (StorageException | RegistryException e) {
            LOG.log(System.Logger.Level.WARNING, "the empty layer is not in {0}: {1}", repository, e.getMessage());
        }
    }
}
