package com.laincloud.registry.adoption;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import org.jspecify.annotations.Nullable;

/**
 * Something of the tree that was left alone because of what is wrong with it.
 *
 * @param path of the file or directory, below the storage root
 * @param detail for people
 */
record Problem(
        String path,
        Kind kind,
        @Nullable RepositoryName repository,
        @Nullable Tag tag,
        @Nullable Digest digest,
        String detail) {

    /** What can be wrong. The words are part of the audit schema. */
    enum Kind {
        /** A link file without content, as a crash leaves it. */
        EMPTY_LINK("empty link"),
        /** A link file whose content is no digest, or another one than its directory says. */
        BAD_LINK("bad link"),
        /** A directory whose name no repository, tag or digest can have here. */
        BAD_NAME("bad name"),
        /** A file or directory that cannot be read. */
        UNREADABLE("unreadable"),
        /** A manifest whose bytes are gone. */
        MISSING_BLOB("missing blob"),
        /** A link to bytes that are gone, and that no manifest counts on: garbage collection leaves these. */
        LEFTOVER_LINK("leftover link"),
        /** Bytes that are not what their digest says. */
        WRONG_BYTES("wrong bytes"),
        /** A manifest that is none. */
        BAD_MANIFEST("bad manifest"),
        /** A manifest with a config or layer that the repository does not have. */
        INCOMPLETE_MANIFEST("incomplete manifest"),
        /** An index with an image that the repository does not have; it is imported all the same, if it has others. */
        INCOMPLETE_INDEX("incomplete index"),
        /** A tag that names nothing, or nothing that could be imported. */
        DANGLING_TAG("dangling tag");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }

        /** Whether anything is lost by it. */
        boolean isBroken() {
            return this != LEFTOVER_LINK;
        }
    }

    /** One line for a terminal or log. */
    String line() {
        return kind.word + ": " + path + ": " + detail;
    }
}
