package com.laincloud.registry.config;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.Config;

/**
 * The settings in force. They may change at any moment, all at once ({@link EtcdWatch}): whoever needs one asks for it each
 * time, and keeps none. Those that are not live stay as they were at the start.
 */
@Singleton
public class CurrentSettings {

    private final Config config;
    private final AtomicReference<Settings> settings;

    /** @throws InvalidSettingException naming the first setting that cannot be used */
    @Inject
    public CurrentSettings(Config config) {
        this.config = config;
        this.settings = new AtomicReference<>(Settings.read(new ContainerSettingValues(config)));
        ContainerSettingValues.etcdOf(config).ifPresent(EtcdSource::keep);
    }

    public Settings get() {
        return settings.get();
    }

    /** The settings one by one, and where each is from. */
    public List<EffectiveSetting> effective() {
        return EffectiveSetting.of(new ContainerSettingValues(config));
    }

    /** What is configured in vain, one line each. */
    public List<String> warnings() {
        return SettingWarnings.of(new ContainerSettingValues(config));
    }

    /** From now on, these are in force. */
    void replace(Settings valid) {
        settings.set(valid);
    }
}
