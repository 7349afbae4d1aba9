package com.laincloud.registry.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.Yaml;

/** Settings outside of the container. */
public final class ProcessSettingValues implements SettingValues {
    private final Map<String, Object> file;

    public ProcessSettingValues() {
        String path = System.getProperty("registry.configuration.path", System.getenv("REGISTRY_CONFIGURATION_PATH"));
        this.file = path == null ? Map.of() : load(Path.of(path));
    }

    private static Map<String, Object> load(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            return new Yaml().load(in);
        } catch (IOException | RuntimeException e) {
            throw new InvalidSettingException("configuration file " + path + ": "
                    + e.toString().lines().findFirst().orElse(""));
        }
    }

    @Override
    public Optional<String> value(String key) {
        String property = System.getProperty(key);
        if (property == null) {
            property = System.getenv(key.replace('.', '_').toUpperCase(Locale.ROOT));
        }
        if (property != null) {
            return Optional.of(property);
        }
        Object node = file;
        for (String word : key.substring("registry.".length()).split("\\.", -1)) {
            node = node instanceof Map<?, ?> map ? map.get(word) : null;
        }
        return node == null || node instanceof Map<?, ?>
                ? Optional.ofNullable(node == null ? null : "present")
                : Optional.of(node.toString());
    }
}
