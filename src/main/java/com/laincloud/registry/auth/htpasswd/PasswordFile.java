package com.laincloud.registry.auth.htpasswd;

import com.laincloud.registry.auth.UnusableFileException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The users of a file as {@code htpasswd -B} makes it: a line each, the name and the hash with a colon in between.
 *
 * @param ofUnknownName the hash for the password of an unknown name: its check takes as long as that of a known name
 */
record PasswordFile(Map<String, PasswordHash> hashes, PasswordHash ofUnknownName) {

    private static final System.Logger LOG = System.getLogger(PasswordFile.class.getName());
    private static final int USUAL_COST = 5; // as htpasswd has it unless told otherwise

    /**
     * Understands a file. Users whose hash is none of bcrypt cannot log in, which is worth a warning and no more: the others
     * can.
     *
     * @throws UnusableFileException if a line of it is no user
     */
    static PasswordFile parse(byte[] content) {
        Map<String, PasswordHash> hashes = new HashMap<>();
        List<String> unusable = new ArrayList<>();
        int number = 0;
        for (String line : new String(content, StandardCharsets.UTF_8).split("\\R", -1)) {
            number++;
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            if (colon <= 0) {
                throw new UnusableFileException("line " + number + " is no user and hash");
            }
            String user = line.substring(0, colon);
            Optional<PasswordHash> hash =
                    PasswordHash.parse(line.substring(colon + 1).strip());
            if (hash.isEmpty()) {
                unusable.add(user);
            } else if (hashes.put(user, hash.get()) != null) {
                throw new UnusableFileException("line " + number + " is another one of " + user);
            }
        }
        if (!unusable.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "these users cannot log in, because their passwords are not hashed with bcrypt (htpasswd -B): "
                            + String.join(", ", unusable));
        }
        int cost = hashes.values().stream().mapToInt(PasswordHash::cost).max().orElse(USUAL_COST);
        return new PasswordFile(Map.copyOf(hashes), PasswordHash.ofUnknownName(cost));
    }
}
