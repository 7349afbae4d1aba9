package com.laincloud.registry.listener;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What is wrong with the address of a request before anybody asks what it means. Neither the container nor a database can
 * be trusted with such bytes.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc3986#section-3.3">RFC 3986, path</a>
 */
final class Address {

    private Address() {}

    /**
     * Why a path and query, as they were sent, are no address; empty if they are one.
     *
     * @param path a character a byte
     * @param query likewise
     */
    static Optional<RegistryException> fault(String path, String query) {
        if (query.contains("%00") || query.indexOf('\0') >= 0) {
            return Optional.of(new RegistryException(ErrorCode.UNSUPPORTED, 400, "the query holds a NUL"));
        }
        return unescape(path)
                .map(Address::fault)
                .orElse(Optional.of("the path holds a malformed escape"))
                .map(fault -> new RegistryException(ErrorCode.NAME_INVALID, fault));
    }

    private static Optional<String> fault(byte[] path) {
        for (byte b : path) {
            if ((b >= 0 && b < ' ') || b == 127 || b == '\\') {
                return Optional.of("the path holds a control character or a backslash");
            }
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(path))
                    .toString();
            return leavesTheRoot(text) ? Optional.of("the path leads above the root") : Optional.empty();
        } catch (CharacterCodingException e) {
            return Optional.of("the path is not in UTF-8");
        }
    }

    private static boolean leavesTheRoot(String path) {
        int depth = 0;
        for (String segment : path.split("/", -1)) {
            depth += switch (segment) {
                case "", "." -> 0;
                case ".." -> -1;
                default -> 1;
            };
            if (depth < 0) {
                return true;
            }
        }
        return false;
    }

    private static Optional<byte[]> unescape(String path) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(path.length());
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c != '%') {
                bytes.write(c);
                continue;
            }
            int high = i + 2 < path.length() ? Character.digit(path.charAt(i + 1), 16) : -1;
            int low = i + 2 < path.length() ? Character.digit(path.charAt(i + 2), 16) : -1;
            if (high < 0 || low < 0) {
                return Optional.empty();
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        return Optional.of(bytes.toByteArray());
    }
}
