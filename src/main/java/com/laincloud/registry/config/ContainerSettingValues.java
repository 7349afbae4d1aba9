package com.laincloud.registry.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.StreamSupport;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * What the sources of MicroProfile Config say at this moment. They are asked themselves, because Config remembers answers for
 * a while, and does not tell an empty value from none.
 */
public final class ContainerSettingValues implements SettingValues {

    private final SettingValues values;

    /** @throws InvalidSettingException if etcd could not be read at the start */
    public ContainerSettingValues(Config config) {
        this(config, null);
    }

    private ContainerSettingValues(Config config, @Nullable SettingSource insteadOfEtcd) {
        List<SettingSource> sources = new ArrayList<>();
        for (ConfigSource source : config.getConfigSources()) {
            if (source instanceof EtcdSource etcd) {
                Optional.ofNullable(insteadOfEtcd).or(etcd::source).ifPresent(sources::add);
            } else if (source instanceof ConfigFileSource file) {
                file.source().ifPresent(sources::add);
            } else if (source.getOrdinal() > SettingSource.DEFAULTS) {
                sources.add(of(source));
            }
        }
        this.values = new LayeredSettingValues(sources);
    }

    /** As all sources say, but with this in the place of what etcd has said so far. */
    static ContainerSettingValues with(Config config, SettingSource etcd) {
        return new ContainerSettingValues(config, etcd);
    }

    /** The source that reads etcd, if the container has found it. */
    static Optional<EtcdSource> etcdOf(Config config) {
        return StreamSupport.stream(config.getConfigSources().spliterator(), false)
                .filter(EtcdSource.class::isInstance)
                .map(EtcdSource.class::cast)
                .findFirst();
    }

    private static SettingSource of(ConfigSource source) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : source.getPropertyNames()) {
            String key = key(name);
            String value = key == null ? null : source.getValue(name);
            if (key != null && value != null) {
                texts.put(key, value);
            }
        }
        String name = switch (source.getOrdinal()) {
            case SettingSource.SYSTEM_PROPERTIES -> "system properties";
            case SettingSource.ENVIRONMENT -> "environment";
            default -> source.getName();
        };
        return SettingSource.of(name, source.getOrdinal(), texts);
    }

    private static @Nullable String key(String name) {
        if (name.startsWith(PREFIX)) {
            return name.substring(PREFIX.length());
        }
        return name.startsWith(ENVIRONMENT_PREFIX) ? SettingValues.keyOfVariable(name) : null;
    }

    @Override
    public Optional<Setting> find(String key) {
        return values.find(key);
    }

    @Override
    public List<Setting> configured() {
        return values.configured();
    }
}
