package com.laincloud.registry.config;

import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Temporary. */
@Singleton
public class SettingsProducer {
    @Produces
    @Singleton
    Settings settings() {
        return Settings.read(new ProcessSettingValues());
    }
}
