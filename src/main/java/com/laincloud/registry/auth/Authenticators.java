package com.laincloud.registry.auth;

import com.laincloud.registry.config.Auth;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The authenticator of the settings in force. A change of these makes a new one, which knows nothing that an earlier one
 * found out.
 */
public class Authenticators {

    private final Supplier<Auth> settings;
    private final Function<Auth, Authenticator> factory;
    private final AtomicReference<@Nullable Made> made = new AtomicReference<>();

    /**
     * @param settings what is configured now
     * @param factory what makes the authenticator of each provider there is
     */
    public Authenticators(Supplier<Auth> settings, Function<Auth, Authenticator> factory) {
        this.settings = settings;
        this.factory = factory;
    }

    /** Who guards the registry at this moment. */
    public Authenticator current() {
        Auth configured = settings.get();
        Made latest = made.get();
        if (latest == null || !latest.of.equals(configured)) {
            latest = new Made(configured, factory.apply(configured));
            made.set(latest);
        }
        return latest.authenticator;
    }

    private record Made(Auth of, Authenticator authenticator) {}
}
