package com.laincloud.registry.config;

import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.config.Config;

/**
 * The settings in force. They may change at any moment, all at once ({@link EtcdWatch}). A caller must therefore ask for a
 * setting each time that it needs it, and keep none. Those that are not live stay as they were at the start.
 */
@Singleton
public class CurrentSettings {

    private final Supplier<SettingValues> values;
    private final AtomicReference<Settings> settings;

    /** @throws InvalidSettingException naming the first setting that cannot be used */
    @Inject
    public CurrentSettings(Config config) {
        this.values = () -> new ContainerSettingValues(config);
        this.settings = new AtomicReference<>(Settings.read(values.get()));
        ContainerSettingValues.etcdOf(config).ifPresent(EtcdSource::keep);
    }

    /** Those of a command, in whose process nothing is known of where they are from. */
    public CurrentSettings(Settings settings) {
        this.values = () -> new LayeredSettingValues(List.of());
        this.settings = new AtomicReference<>(settings);
    }

    public Settings get() {
        return settings.get();
    }

    /** The settings one by one, and where each is from. */
    public List<EffectiveSetting> effective() {
        return EffectiveSetting.of(values.get());
    }

    /** The values of those that all servers that are one registry are to have alike, by key. */
    public Map<String, String> shared() {
        return effective().stream()
                .filter(EffectiveSetting::isShared)
                .collect(Collectors.toUnmodifiableMap(EffectiveSetting::key, EffectiveSetting::value));
    }

    /** What is configured in vain, one line each. */
    public List<String> warnings() {
        return SettingWarnings.of(values.get());
    }

    /** From now on, these are in force. */
    void replace(Settings valid) {
        settings.set(valid);
    }
}
