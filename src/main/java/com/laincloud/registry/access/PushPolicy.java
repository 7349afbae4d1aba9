package com.laincloud.registry.access;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Validation;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;

/**
 * What an operator asks of what is pushed, by those who may push. It is asked in the transaction of the push, so that
 * what it has looked at cannot change before the push is there.
 */
@Singleton
public class PushPolicy {

    private final CurrentSettings settings;

    @Inject
    public PushPolicy(CurrentSettings settings) {
        this.settings = settings;
    }

    /**
     * Lets a manifest pass, or refuses it.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} naming every address that layers may not be fetched from
     */
    public void require(RepositoryName repository, Manifest manifest) {
        Validation rules = settings.get().validation();
        if (rules.disabled()
                || (rules.allowedUrls().isEmpty() && rules.deniedUrls().isEmpty())) {
            return;
        }
        List<String> refused = manifest.descriptors().stream()
                .flatMap(descriptor -> descriptor.urls().stream())
                .filter(url -> !isAllowed(url, rules))
                .map(url -> "layers may not be fetched from " + url)
                .toList();
        if (!refused.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, refused);
        }
    }

    /** Whether a tag may name one manifest alone. */
    public boolean isImmutable(RepositoryName repository, Tag tag) {
        return settings.get().retention().isImmutable(repository.value(), tag.name());
    }

    /** Whether a tag, once deleted, may name nothing but what it named. */
    public boolean isBurned(RepositoryName repository, Tag tag) {
        return settings.get().retention().isBurned(repository.value(), tag.name());
    }

    /**
     * Lets a tag that names a manifest be put again, or refuses it.
     *
     * @throws RegistryException {@link ErrorCode#TAG_IMMUTABLE}
     */
    public void require(RepositoryName repository, Tag tag, Digest previous, Digest next) {
        if (!previous.equals(next) && isImmutable(repository, tag)) {
            throw new RegistryException(ErrorCode.TAG_IMMUTABLE, tag.name() + " names " + previous);
        }
    }

    /** The patterns are looked for anywhere in the address, as docker/distribution does. */
    private static boolean isAllowed(String url, Validation rules) {
        return Descriptor.isAddress(url)
                && (rules.allowedUrls().isEmpty()
                        || rules.allowedUrls().stream()
                                .anyMatch(pattern -> pattern.matcher(url).find()))
                && rules.deniedUrls().stream()
                        .noneMatch(pattern -> pattern.matcher(url).find());
    }
}
