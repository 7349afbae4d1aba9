package com.laincloud.registry.auth;

import com.laincloud.registry.config.Auth;
import com.laincloud.registry.config.CurrentSettings;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The authenticator of the settings in force. A change of these makes a new one, which knows nothing that an earlier one
 * found out.
 */
public class Authenticators {

    private final CurrentSettings settings;
    private final Function<Auth, Authenticator> factory;
    private final AtomicReference<@Nullable Made> made = new AtomicReference<>();

    /** @param factory what makes the authenticator of each provider there is */
    public Authenticators(CurrentSettings settings, Function<Auth, Authenticator> factory) {
        this.settings = settings;
        this.factory = factory;
    }

    /** Who guards the registry at this moment. */
    public Authenticator current() {
        Auth configured = settings.get().auth();
        Made latest = made.get();
        if (latest == null || !latest.of.equals(configured)) {
            latest = new Made(configured, factory.apply(configured));
            made.set(latest);
        }
        return latest.authenticator;
    }

    private record Made(Auth of, Authenticator authenticator) {}
}
