package com.laincloud.registry.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A configuration file in docker/distribution's format, as flat properties: {@code storage: {delete: {enabled: true}}} is
 * {@code registry.storage.delete.enabled=true}. A list is one property, in YAML's flow form.
 *
 * @see <a href="https://distribution.github.io/distribution/about/configuration/">docker/distribution, configuration</a>
 */
public record ConfigFile(Path path, Map<String, String> properties) {

    /** The system property that names the file; the environment variable is {@code REGISTRY_CONFIGURATION_PATH}. */
    public static final String PATH_PROPERTY = "registry.configuration.path";

    private static final long MAX_SIZE = 1 << 20;

    /**
     * The file that this process was told to read, if any.
     *
     * @throws InvalidSettingException if it cannot be read, or is no map of YAML
     */
    static Optional<ConfigFile> ofProcess() {
        String path = System.getProperty(PATH_PROPERTY, System.getenv("REGISTRY_CONFIGURATION_PATH"));
        return path == null || path.isEmpty() ? Optional.empty() : Optional.of(read(Path.of(path)));
    }

    /**
     * Reads a file.
     *
     * @throws InvalidSettingException if it cannot be read, or is no map of YAML
     */
    static ConfigFile read(Path path) {
        Map<String, String> properties = new LinkedHashMap<>();
        flatten("registry", YamlText.map(text(path), path.toString()), properties);
        return new ConfigFile(path, Map.copyOf(properties));
    }

    private static String text(Path path) {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes((int) MAX_SIZE + 1);
            if (bytes.length > MAX_SIZE) {
                throw new InvalidSettingException(path + ": is larger than " + MAX_SIZE + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new InvalidSettingException(path + ": cannot be read: " + e);
        }
    }

    private static void flatten(String prefix, Map<?, ?> map, Map<String, String> into) {
        map.forEach((key, value) -> {
            String name = prefix + "." + key;
            if (value instanceof Map<?, ?> section && !section.isEmpty()) {
                flatten(name, section, into);
            } else {
                into.put(name, YamlText.flow(value == null ? Map.of() : value));
            }
        });
    }

    /** What it says, as one of several sources. */
    SettingSource source() {
        Map<String, String> values = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (!value.isEmpty()) {
                values.put(name.substring(SettingValues.PREFIX.length()), value);
            }
        });
        return new SettingSource(path.toString(), SettingSource.FILE, values, Set.of());
    }
}
