package com.laincloud.registry.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Sources made up for a test, put together as the registry does it. */
final class SettingSources {

    private final List<SettingSource> sources = new ArrayList<>();

    /** A configuration file. */
    SettingSources file(String yaml) {
        try {
            Path file = Files.createTempFile("config-", ".yml");
            Files.writeString(file, yaml);
            sources.add(ConfigFile.read(file).source());
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return this;
    }

    /** An environment of one variable. */
    SettingSources variable(String name, String value) {
        return environment(Map.of(name, value));
    }

    SettingSources environment(Map<String, String> variables) {
        sources.add(ProcessSettingValues.environment(variables));
        return this;
    }

    SettingSources property(String name, String value) {
        sources.add(ProcessSettingValues.properties(Map.of(name, value)));
        return this;
    }

    SettingSources source(SettingSource source) {
        sources.add(source);
        return this;
    }

    SettingValues values() {
        return new LayeredSettingValues(sources);
    }

    Settings settings() {
        return Settings.read(values());
    }
}
