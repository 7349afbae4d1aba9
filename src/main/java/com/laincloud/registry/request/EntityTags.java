package com.laincloud.registry.request;

import com.laincloud.registry.oci.Digest;
import org.jspecify.annotations.Nullable;

/**
 * Entity tags of content-addressed things: the quoted digest. What a client holds under one never changes.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#name-etag">RFC 9110, ETag</a>
 */
public final class EntityTags {

    private EntityTags() {}

    /** The {@code ETag} of content. */
    public static String of(Digest digest) {
        return '"' + digest.toString() + '"';
    }

    /**
     * Whether an {@code If-Match} or {@code If-None-Match} header names the content, quoted or, as old clients have it,
     * bare. A proxy that compressed the content called its tag weak; it names the same content still.
     */
    public static boolean matches(@Nullable String header, Digest digest) {
        if (header == null) {
            return false;
        }
        for (String candidate : header.split(",", -1)) {
            String tag = candidate.strip();
            tag = tag.startsWith("W/") ? tag.substring(2) : tag;
            if (tag.equals("*") || tag.equals(of(digest)) || tag.equals(digest.toString())) {
                return true;
            }
        }
        return false;
    }
}
