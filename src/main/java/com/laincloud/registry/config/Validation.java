package com.laincloud.registry.config;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What manifests must comply with beyond the specification.
 *
 * @param disabled whether the other rules are not applied, and what a manifest refers to need not be in its repository
 * @param platforms which of the manifests that an index lists must be in its repository
 * @param platformList those that must, if not all
 * @param allowedUrls patterns of which one must be found in the address that a layer is fetched from; any if there are none
 * @param deniedUrls patterns of which none may be found in it
 */
public record Validation(
        boolean disabled,
        Platforms platforms,
        List<Platform> platformList,
        List<Pattern> allowedUrls,
        List<Pattern> deniedUrls) {

    static Validation read(SettingReader reader) {
        String section = "validation.manifests.";
        return new Validation(
                reader.bool("validation.disabled"),
                reader.choice(section + "indexes.platforms", Platforms.class),
                reader.rows(section + "indexes.platformlist", "architecture", "os").stream()
                        .map(row -> new Platform(row.getFirst(), row.getLast()))
                        .toList(),
                reader.patterns(section + "urls.allow"),
                reader.patterns(section + "urls.deny"));
    }

    /** Which of the manifests that an index lists must be there. */
    public enum Platforms {
        ALL,
        NONE,
        LIST
    }

    /** What an image runs on. */
    public record Platform(String architecture, String os) {}
}
