package com.laincloud.registry.oci;

/**
 * What names a manifest within a repository: a {@link Tag} or a {@link Digest}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#definitions">distribution-spec,
 *     definitions</a>
 */
public sealed interface Reference permits Tag, Digest {

    /**
     * The reference that {@code text} spells: a digest if it has a colon, which no tag may have.
     *
     * @throws RegistryException {@link ErrorCode#DIGEST_INVALID} or {@link ErrorCode#TAG_INVALID}
     */
    static Reference valueOf(String text) {
        return text.indexOf(':') >= 0 ? Digest.valueOf(text) : Tag.valueOf(text);
    }
}
