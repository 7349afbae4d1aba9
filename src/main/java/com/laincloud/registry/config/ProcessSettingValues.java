package com.laincloud.registry.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is configured where there is no container: the same sources, in the same order. */
public final class ProcessSettingValues implements SettingValues {

    private final SettingValues values;
    private final Optional<EtcdSource> etcd;

    /**
     * The sources of this process, with those in etcd.
     *
     * @throws InvalidSettingException if one of them cannot be read
     */
    public ProcessSettingValues() {
        EtcdSource source = new EtcdSource();
        List<SettingSource> sources = ofThisProcess();
        source.source().ifPresent(sources::add);
        this.values = new LayeredSettingValues(sources);
        this.etcd = source.etcd().map(configured -> source);
    }

    ProcessSettingValues(
            Map<String, String> systemProperties, Map<String, String> environment, Optional<ConfigFile> file) {
        this(of(systemProperties, environment, file));
    }

    private ProcessSettingValues(List<SettingSource> sources) {
        this.values = new LayeredSettingValues(sources);
        this.etcd = Optional.empty();
    }

    /**
     * What one configuration file says, whatever is configured elsewhere.
     *
     * @throws InvalidSettingException if it cannot be read
     */
    public static ProcessSettingValues of(Path file) {
        return new ProcessSettingValues(Map.of(), Map.of(), Optional.of(ConfigFile.read(file)));
    }

    /** The sources of this process but etcd: those that say where etcd is. */
    static ProcessSettingValues withoutEtcd() {
        return new ProcessSettingValues(ofThisProcess());
    }

    private static List<SettingSource> ofThisProcess() {
        return of(systemProperties(), System.getenv(), ConfigFile.ofProcess());
    }

    private static List<SettingSource> of(
            Map<String, String> systemProperties, Map<String, String> environment, Optional<ConfigFile> file) {
        List<SettingSource> sources = new ArrayList<>();
        sources.add(properties(systemProperties));
        sources.add(environment(environment));
        file.ifPresent(read -> sources.add(read.source()));
        return sources;
    }

    static SettingSource properties(Map<String, String> properties) {
        Map<String, String> texts = new TreeMap<>();
        properties.forEach((name, value) -> {
            if (name.startsWith(PREFIX)) {
                texts.put(name.substring(PREFIX.length()), value);
            }
        });
        return SettingSource.of("system properties", SettingSource.SYSTEM_PROPERTIES, texts);
    }

    static SettingSource environment(Map<String, String> environment) {
        Map<String, String> texts = new TreeMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(ENVIRONMENT_PREFIX)) {
                texts.put(SettingValues.keyOfVariable(name), value);
            }
        });
        return SettingSource.of("environment", SettingSource.ENVIRONMENT, texts);
    }

    private static Map<String, String> systemProperties() {
        Map<String, String> properties = new TreeMap<>();
        System.getProperties().stringPropertyNames().forEach(name -> properties.put(name, System.getProperty(name)));
        return properties;
    }

    /** Keeps what etcd says for a start without it. To be called once these have turned out to be good. */
    public void keep() {
        etcd.ifPresent(EtcdSource::keep);
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
