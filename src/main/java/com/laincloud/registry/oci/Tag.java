package com.laincloud.registry.oci;

/**
 * A human-readable, movable name of a manifest: {@code [a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">distribution-spec,
 *     pulling manifests</a>
 */
public record Tag(String name) implements Reference {

    private static final int MAX_LENGTH = 128;

    public Tag {
        if (!isValid(name)) {
            throw new RegistryException(ErrorCode.TAG_INVALID, name);
        }
    }

    /**
     * The tag that {@code text} spells.
     *
     * @throws RegistryException {@link ErrorCode#TAG_INVALID}
     */
    public static Tag valueOf(String text) {
        return new Tag(text);
    }

    private static boolean isValid(String name) {
        if (name.isEmpty() || name.length() > MAX_LENGTH || name.charAt(0) == '.' || name.charAt(0) == '-') {
            return false;
        }
        return name.chars()
                .allMatch(c -> (c >= 'a' && c <= 'z')
                        || (c >= 'A' && c <= 'Z')
                        || (c >= '0' && c <= '9')
                        || c == '_'
                        || c == '.'
                        || c == '-');
    }

    @Override
    public String toString() {
        return name;
    }
}
