package com.laincloud.registry.config;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import org.eclipse.microprofile.config.Config;

/** The settings in force. Whoever needs one asks for it each time, and keeps none. */
@Singleton
public class CurrentSettings {

    private final Settings settings;

    @Inject
    public CurrentSettings(Config config) {
        this.settings = Settings.read(new ContainerSettingValues(config));
    }

    public Settings get() {
        return settings;
    }
}
