package com.laincloud.registry.schema1;

import com.laincloud.registry.config.InvalidSettingException;
import com.laincloud.registry.pem.KeyPairs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file with a private key: a JSON Web Key as libtrust and docker keep theirs, or PEM as openssl makes it. */
final class SigningKeyFile {

    private static final String KEY = "compatibility.schema1.signingkeyfile";

    private SigningKeyFile() {}

    /** @throws InvalidSettingException if it holds no key */
    static SigningKey read(Path file) {
        try {
            String text = Files.readString(file, StandardCharsets.US_ASCII).strip();
            return text.startsWith("{") ? SigningKey.ofJson(text) : SigningKey.of(KeyPairs.read(text));
        } catch (IOException e) {
            throw new InvalidSettingException(KEY + ": \"" + file + "\": cannot be read: " + e);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettingException(KEY + ": \"" + file
                    + "\": must hold a private key, as a JSON Web Key or in PEM: " + e.getMessage());
        }
    }
}
