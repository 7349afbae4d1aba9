package com.laincloud.registry.lifecycle;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.log.LogConfiguration;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Has the log follow the settings when they change. */
@Singleton
public class LogSettings {

    void change(@Observes Settings inForce) {
        LogConfiguration.of(inForce.log()).apply();
    }
}
