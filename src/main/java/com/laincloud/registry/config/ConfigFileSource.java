package com.laincloud.registry.config;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/** The configuration file as a source of MicroProfile Config: above the defaults, below the environment. */
public final class ConfigFileSource implements ConfigSource {

    private final Optional<ConfigFile> file;

    /** The file this process was told to read. The container finds this source by its service file. */
    public ConfigFileSource() {
        this.file = ConfigFile.ofProcess();
    }

    /** What the file says, if there is one. */
    Optional<SettingSource> source() {
        return file.map(ConfigFile::source);
    }

    @Override
    public Set<String> getPropertyNames() {
        return getProperties().keySet();
    }

    @Override
    public Map<String, String> getProperties() {
        return file.map(ConfigFile::properties).orElse(Map.of());
    }

    @Override
    public @Nullable String getValue(String propertyName) {
        return getProperties().get(propertyName);
    }

    @Override
    public String getName() {
        return file.map(f -> f.path().toString()).orElse("no configuration file");
    }

    @Override
    public int getOrdinal() {
        return SettingSource.FILE;
    }
}
