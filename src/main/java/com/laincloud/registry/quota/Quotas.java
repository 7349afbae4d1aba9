package com.laincloud.registry.quota;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Quota;
import com.laincloud.registry.index.UsageRows;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Refuses what does not fit. It is asked before a blob is shown in a repository, so that several that come at once may exceed
 * a quota, by what they bring.
 */
@Singleton
public class Quotas {

    private final CurrentSettings settings;
    private final UsageRows usage;

    @Inject
    public Quotas(CurrentSettings settings, UsageRows usage) {
        this.settings = settings;
        this.usage = usage;
    }

    /**
     * Requires that a repository may show a blob.
     *
     * @param size of the blob, in bytes
     * @param isShown whether it shows it already, so that nothing is added
     * @throws RegistryException {@link ErrorCode#DENIED}, saying which quota is how large and how much of it is used
     */
    public void require(RepositoryName repository, long size, BooleanSupplier isShown) {
        List<Quota.Limit> limits = settings.get().quota().of(repository.value());
        if (limits.isEmpty() || size == 0 || isShown.getAsBoolean()) {
            return;
        }
        for (Quota.Limit limit : limits) {
            long used = usage.bytes(limit.namespace());
            if (used + size > limit.bytes()) {
                throw new RegistryException(
                        ErrorCode.DENIED,
                        "the quota of " + limit.namespace() + " is " + limit.bytes() + " bytes, of which " + used
                                + " are used; " + size + " more do not fit");
            }
        }
    }

    /**
     * Requires that there is any room at all, before many bytes are sent in vain.
     *
     * @throws RegistryException as {@link #require}
     */
    public void requireRoom(RepositoryName repository) {
        require(repository, 1, () -> false);
    }
}
