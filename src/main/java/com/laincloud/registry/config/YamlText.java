package com.laincloud.registry.config;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * YAML as configuration files and environment variables have it: plain data, of bounded size and depth. Scalars are texts, as
 * they were written: a password of {@code 0123} is no number.
 */
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
            DumperOptions none = new DumperOptions();
            return new Yaml(new SafeConstructor(options), new Representer(none), none, options, new TextsAlone())
                    .load(text);
        } catch (YAMLException e) {
            throw new InvalidSettingException(from + ": " + e.toString().strip().replaceAll("\\s*\\R\\s*", " "));
        }
    }

    /** As {@link #parse}, but a text that is no YAML is taken as it is, and one that says nothing is empty. */
    static Object lenient(String text) {
        try {
            Object parsed = parse(text, "");
            return parsed == null ? "" : parsed;
        } catch (InvalidSettingException e) {
            return text;
        }
    }

    /**
     * What a text says where a single word is wanted: it is taken as it is, whatever is in it, unless it is quoted as a whole
     * or is YAML's word for nothing.
     */
    static String scalar(String text) {
        String stripped = text.strip();
        if (stripped.equals("null") || stripped.equals("~")) {
            return "";
        }
        return stripped.startsWith("\"") || stripped.startsWith("'")
                ? lenient(stripped) instanceof String unquoted ? unquoted : stripped
                : stripped;
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

    /** Recognises nothing but {@code null} and merge keys, so that everything else stays a text. */
    private static final class TextsAlone extends Resolver {

        private static final Pattern MERGE_KEY = Pattern.compile("<<");

        @Override
        protected void addImplicitResolvers() {
            addImplicitResolver(Tag.MERGE, MERGE_KEY, "<");
            addImplicitResolver(Tag.NULL, NULL, "~nN\0");
            addImplicitResolver(Tag.NULL, EMPTY, null);
        }
    }
}
