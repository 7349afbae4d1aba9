package com.laincloud.registry.oci;

/**
 * The name of a repository: at most 255 characters, components joined by slashes, each component runs of lower-case
 * letters and digits joined by one dot, one or two underscores, or any number of dashes.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#pulling-manifests">distribution-spec,
 *     pulling manifests</a>
 */
public record RepositoryName(String value) {

    private static final int MAX_LENGTH = 255;

    public RepositoryName {
        if (!isValid(value)) {
            throw new RegistryException(ErrorCode.NAME_INVALID, value);
        }
    }

    /**
     * The repository name that {@code text} spells.
     *
     * @throws RegistryException {@link ErrorCode#NAME_INVALID}
     */
    public static RepositoryName valueOf(String text) {
        return new RepositoryName(text);
    }

    /**
     * Whether {@code name} is one. One pass, whatever the input: a backtracking expression here would be a way to stall the
     * server.
     */
    public static boolean isValid(String name) {
        if (name.length() > MAX_LENGTH) {
            return false;
        }
        int position = 0;
        while (true) {
            int runEnd = skipLettersAndDigits(name, position);
            if (runEnd == position) {
                return false;
            }
            if (runEnd == name.length()) {
                return true;
            }
            position = skipSeparator(name, runEnd);
            if (position == runEnd) {
                return false;
            }
        }
    }

    private static int skipLettersAndDigits(String name, int from) {
        int i = from;
        while (i < name.length()
                && ((name.charAt(i) >= 'a' && name.charAt(i) <= 'z')
                        || (name.charAt(i) >= '0' && name.charAt(i) <= '9'))) {
            i++;
        }
        return i;
    }

    /** The position after the separator that starts at {@code from}, or {@code from} if none does. */
    private static int skipSeparator(String name, int from) {
        return switch (name.charAt(from)) {
            case '/', '.' -> from + 1;
            case '_' -> name.startsWith("__", from) ? from + 2 : from + 1;
            case '-' -> {
                int i = from;
                while (i < name.length() && name.charAt(i) == '-') {
                    i++;
                }
                yield i;
            }
            default -> from;
        };
    }

    @Override
    public String toString() {
        return value;
    }
}
