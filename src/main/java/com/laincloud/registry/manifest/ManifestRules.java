package com.laincloud.registry.manifest;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Validation;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;

/** What the operator asks of manifests beyond what the specification does: the settings under {@code validation}. */
@Singleton
public class ManifestRules {

    private final CurrentSettings settings;

    @Inject
    public ManifestRules(CurrentSettings settings) {
        this.settings = settings;
    }

    /**
     * Lets a manifest pass whose layers are fetched from nowhere else than is allowed.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} naming every address that is not
     */
    void requireAllowedUrls(Manifest manifest) {
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

    /** The patterns are looked for anywhere in the address, as docker/distribution does. */
    private static boolean isAllowed(String url, Validation rules) {
        return Descriptor.isAddress(url)
                && (rules.allowedUrls().isEmpty()
                        || rules.allowedUrls().stream()
                                .anyMatch(pattern -> pattern.matcher(url).find()))
                && rules.deniedUrls().stream()
                        .noneMatch(pattern -> pattern.matcher(url).find());
    }

    /** Whether manifests are held to what the repository has. */
    boolean isHeld() {
        return !settings.get().validation().disabled();
    }

    /** Whether a manifest that an index refers to must be in the repository. */
    boolean isRequired(Descriptor child) {
        Validation rules = settings.get().validation();
        return !rules.disabled()
                && switch (rules.platforms()) {
                    case ALL -> true;
                    case NONE -> false;
                    case LIST ->
                        rules.platformList().isEmpty()
                                || rules.platformList().stream().anyMatch(platform -> isFor(child, platform));
                };
    }

    private static boolean isFor(Descriptor child, Validation.Platform platform) {
        return child.platform() != null
                && child.platform().architecture().equals(platform.architecture())
                && child.platform().os().equals(platform.os());
    }
}
