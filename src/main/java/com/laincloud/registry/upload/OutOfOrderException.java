package com.laincloud.registry.upload;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.util.Map;
import java.util.UUID;

/**
 * A chunk that does not begin where the upload ends. The answer says where that is.
 *
 * @see <a
 *     href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pushing-a-blob-in-chunks">distribution-spec,
 *     pushing a blob in chunks</a>
 */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
class OutOfOrderException extends RegistryException {

    private final long size;

    OutOfOrderException(UUID upload, long size) {
        super(ErrorCode.RANGE_INVALID, "upload " + upload + " goes on at byte " + size);
        this.size = size;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Range", UploadRange.acknowledged(size));
    }
}
