package com.laincloud.registry.http;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;

/** Whether anything may be deleted at all. Every way to delete asks here. */
public final class Deletion {

    private Deletion() {}

    /**
     * Lets deleting pass where {@code storage.delete.enabled} is on.
     *
     * @throws RegistryException {@link ErrorCode#UNSUPPORTED}
     */
    public static void requireEnabled(Settings settings) {
        if (!settings.storage().deleteEnabled()) {
            throw new RegistryException(ErrorCode.UNSUPPORTED, "storage.delete.enabled is off");
        }
    }
}
