package com.laincloud.registry.fuzz;

import java.util.Random;

/** Text that no client sends by mistake: pieces that parsers care about, in random order. */
public final class HostileText {

    private static final String[] PIECES = {
        "sha256:",
        "sha512:",
        ":",
        "/",
        ".",
        "..",
        "_",
        "__",
        "-",
        "a",
        "Z",
        "9",
        "\u0000",
        "\n",
        "\ud800",
        "\u00e9",
        "%2F",
        ";",
        "?",
        "#",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        " ",
        "+",
        "{",
        "\"",
        "\u202e",
        "f",
    };

    private HostileText() {}

    public static String next(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(PIECES[random.nextInt(PIECES.length)].repeat(random.nextInt(1, 4)));
        }
        return text.toString();
    }
}
