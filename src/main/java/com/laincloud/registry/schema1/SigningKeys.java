package com.laincloud.registry.schema1;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.lifecycle.StartUp;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The key in force: that of {@code compatibility.schema1.signingkeyfile}, or else the one that all registries on one
 * database share.
 */
@Singleton
public class SigningKeys {

    private final CurrentSettings settings;
    private final GeneratedSigningKey generated;
    private final AtomicReference<Optional<Loaded>> loaded = new AtomicReference<>(Optional.empty());

    @Inject
    public SigningKeys(CurrentSettings settings, GeneratedSigningKey generated) {
        this.settings = settings;
        this.generated = generated;
    }

    /** A file that holds no key is found out now, not when the first old client comes. */
    void start(@Observes StartUp startUp) {
        settings.get().schema1().signingKeyFile().ifPresent(SigningKeyFile::read);
    }

    SigningKey current() {
        Optional<Path> file = settings.get().schema1().signingKeyFile();
        Optional<Loaded> last = loaded.get().filter(key -> key.file().equals(file));
        if (last.isPresent()) {
            return last.get().key();
        }
        SigningKey key = file.map(SigningKeyFile::read).orElseGet(generated::get);
        loaded.set(Optional.of(new Loaded(file, key)));
        return key;
    }

    /** A key, and where it is from: the database if no file is named. */
    private record Loaded(Optional<Path> file, SigningKey key) {}
}
