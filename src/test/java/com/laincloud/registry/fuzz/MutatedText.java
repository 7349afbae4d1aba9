package com.laincloud.registry.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Random;

/** What was valid before bytes were overwritten, removed, doubled or swapped in one to four places. */
public final class MutatedText {

    private static final List<String> PIECES =
            List.of("null", "{", "}", "[", "]", "\"", ",", ":", "-1", "1e9", "1e-9", "\\ud800", "2", "\\u0000", "\0");

    private MutatedText() {}

    public static byte[] of(byte[] original, Random random) {
        String text = new String(original, ISO_8859_1);
        for (int i = random.nextInt(1, 5); i > 0; i--) {
            int from = random.nextInt(text.length());
            int to = Math.min(text.length(), from + random.nextInt(1, 40));
            text = text.substring(0, from) + replacement(text.substring(from, to), random) + text.substring(to) + " ";
        }
        return text.getBytes(ISO_8859_1);
    }

    private static String replacement(String part, Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> "";
            case 1 -> part + part;
            case 2 -> new StringBuilder(part).reverse().toString();
            case 3 -> String.valueOf((char) random.nextInt(256));
            case 4 -> PIECES.get(random.nextInt(PIECES.size()));
            default -> "1".repeat(random.nextInt(1, 3000));
        };
    }
}
