package com.laincloud.registry.launcher;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The target of a request as it was sent. The container answers some that cannot be decoded with 200 and no content, and
 * others with a bare 400, before the application hears of them. Here such a target is made one that can be decoded, to what
 * the client wrote; since no name, tag or digest has a percent sign, the application refuses it, in its own words. And where
 * the last segment is one dot or two, the container reads past the end of the target, and answers 200 as well; with a slash
 * behind them, it means the same. So it reads past the end where a segment is a dot or two and a later one is empty: there the
 * empty one is written out, and since it has a percent sign, the application refuses it.
 */
final class RequestTarget {

    private static final Pattern DOTS_AT_THE_END = Pattern.compile("/(?:\\.|%2[eE]){1,2}$");

    private static final Pattern EMPTY = Pattern.compile("(?:/|%2[fF]){2}");
    private static final Pattern DOTS_BEFORE_EMPTY =
            Pattern.compile("(?:/|%2[fF])(?:\\.|%2[eE]){1,2}(?=/|%2[fF]).*" + EMPTY);

    private RequestTarget() {}

    /** The target, if it can be decoded to text; otherwise one that is decoded to it. */
    static String decodable(String target) {
        if (!isDecodable(target)) {
            return target.replace("\\", "%5C").replace("%", "%25");
        }
        String whole =
                DOTS_BEFORE_EMPTY.matcher(target).find() ? EMPTY.matcher(target).replaceAll("/%252F") : target;
        return DOTS_AT_THE_END.matcher(whole).find() ? whole + "/" : whole;
    }

    private static boolean isDecodable(String target) {
        ByteArrayOutputStream decoded = new ByteArrayOutputStream(target.length());
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            int value = c;
            if (c == '%') {
                if (i + 2 >= target.length()) {
                    return false;
                }
                int high = Character.digit(target.charAt(i + 1), 16);
                int low = Character.digit(target.charAt(i + 2), 16);
                if (high < 0 || low < 0) {
                    return false;
                }
                value = high * 16 + low;
                i += 2;
            }
            if (value == 0 || value == '\\') {
                return false;
            }
            decoded.write(value);
        }
        return isText(decoded.toByteArray());
    }

    private static boolean isText(byte[] bytes) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return true;
        } catch (CharacterCodingException e) {
            return false;
        }
    }
}
