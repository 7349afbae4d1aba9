package com.laincloud.registry.manifest;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Validation;
import com.laincloud.registry.oci.Descriptor;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;

/** Which of what a manifest refers to must be in its repository: the settings under {@code validation.manifests}. */
@Singleton
public class ManifestRules {

    private final CurrentSettings settings;

    @Inject
    public ManifestRules(CurrentSettings settings) {
        this.settings = settings;
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
