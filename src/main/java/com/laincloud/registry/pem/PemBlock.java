package com.laincloud.registry.pem;

import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One block of a text in PEM.
 *
 * @param type what stands behind {@code BEGIN}: {@code CERTIFICATE}, {@code PUBLIC KEY}, {@code PRIVATE KEY} …
 * @param content the bytes that it spells; not to be changed
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
public record PemBlock(
        String type,
        @SuppressWarnings("ArrayRecordComponent") byte[] content) {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

    /** The blocks of a text, in its order; what stands between them, and blocks that are encrypted, are passed over. */
    public static List<PemBlock> of(String text) {
        return BLOCK.matcher(text)
                .results()
                .map(block ->
                        new PemBlock(block.group(1), Base64.getMimeDecoder().decode(block.group(2))))
                .toList();
    }
}
