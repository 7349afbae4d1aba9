package com.laincloud.registry.config;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/** YAML as configuration files and environment variables have it: plain data, of bounded size and depth. */
final class YamlText {

    private static final int MAX_ALIASES = 20;
    private static final int MAX_DEPTH = 30;

    private YamlText() {}

    /**
     * What a text says; null if it says nothing.
     *
     * @param from what to call the text in an error
     * @throws InvalidSettingException if it is no YAML
     */
    static @Nullable Object parse(String text, String from) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        try {
            return new Yaml(new SafeConstructor(options)).load(text);
        } catch (YAMLException e) {
            throw new InvalidSettingException(
                    from + ": " + e.getMessage().strip().replaceAll("\\s*\\R\\s*", " "));
        }
    }

    /**
     * As {@link #parse}, for a text that must be a map; an empty text is an empty map.
     *
     * @throws InvalidSettingException if it is anything else
     */
    static Map<?, ?> map(String text, String from) {
        Object parsed = parse(text, from);
        if (parsed == null) {
            return Map.of();
        }
        if (parsed instanceof Map<?, ?> map) {
            return map;
        }
        throw new InvalidSettingException(from + ": must be a map of keys");
    }

    /** A value on one line: a scalar as it is, anything else in flow form. */
    static String flow(Object value) {
        if (!(value instanceof Iterable<?>) && !(value instanceof Map<?, ?>)) {
            return value.toString();
        }
        DumperOptions options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.FLOW);
        options.setWidth(Integer.MAX_VALUE);
        return new Yaml(new Representer(options), options).dump(value).strip();
    }
}
