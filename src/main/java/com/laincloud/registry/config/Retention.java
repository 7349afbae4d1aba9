package com.laincloud.registry.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which tags go by themselves.
 *
 * @param interval from one run to the next; empty: there is none unless one is asked for
 * @param rules in the order of the configuration
 */
public record Retention(Optional<Duration> interval, List<Rule> rules) {

    private static final String RULES = "retention.rules";
    private static final Set<String> OF_RULE = Set.of("repositories", "among", "keep", "protect");
    private static final Set<String> MEASURES = Set.of("newest", "youngerthan", "pulledwithin");
    private static final Set<String> OF_KEEP = Set.of("newest", "order", "youngerthan", "by", "pulledwithin");
    private static final Pattern REPOSITORY_GLOB = Pattern.compile("[a-z0-9._/*-]+");
    private static final Pattern TAG_GLOB = Pattern.compile("[A-Za-z0-9._*?-]{1,128}");

    /** In which order the newest tags of a group come first. */
    public enum Order {
        /** Of the names, where runs of digits count as numbers. */
        NATURAL,
        /** Of the moments at which the tags were put. */
        PUSHED
    }

    /** What the age of a tag is counted from. */
    public enum Age {
        /** The moment that the image says it was made at. */
        CREATED,
        /** The moment at which the tag was put. */
        PUSHED
    }

    /**
     * A rule. Each pattern of {@code among} makes a group of a repository's tags, of which those go that nothing keeps.
     *
     * @param repositories which repositories it is for; {@code *} is a part of a path, {@code **} any number of them
     * @param among patterns of tags, where {@code *} is anything and {@code ?} a character
     * @param newest how many of each group stay; 0: none for that reason
     * @param youngerThan younger ones stay
     * @param by what that age is counted from
     * @param pulledWithin those stay whose manifest was pulled in that time
     * @param protect patterns of tags that stay, whatever another rule says
     */
    public record Rule(
            List<String> repositories,
            List<String> among,
            int newest,
            Order order,
            Optional<Duration> youngerThan,
            Age by,
            Optional<Duration> pulledWithin,
            List<String> protect) {

        /** Whether it is for a repository. */
        public boolean isFor(String repository) {
            return repositories.stream().anyMatch(glob -> repository.matches(expression(glob)));
        }

        /** The patterns of {@code among} as regular expressions. */
        public List<String> amongExpressions() {
            return among.stream().map(Rule::expression).toList();
        }

        /** The patterns of {@code protect} as regular expressions. */
        public List<String> protectExpressions() {
            return protect.stream().map(Rule::expression).toList();
        }

        /** Of the characters that a glob may have, only the dot means more in an expression; tags have no slash. */
        private static String expression(String glob) {
            return "^"
                    + glob.replace(".", "\\.")
                            .replace("?", "[^/]")
                            .replace("**", "\u0000")
                            .replace("*", "[^/]*")
                            .replace("\u0000", ".*")
                    + "$";
        }
    }

    static Retention read(SettingReader reader) {
        return new Retention(
                reader.optionalInterval("retention.interval"),
                reader.text(RULES)
                        .map(text -> YamlText.parse(text, RULES))
                        .map(Retention::rules)
                        .orElse(List.of()));
    }

    private static List<Rule> rules(Object yaml) {
        List<Rule> rules = new ArrayList<>();
        for (Object item : yaml instanceof Collection<?> items ? items : List.of(yaml)) {
            rules.add(rule(new Section(RULES + "[" + rules.size() + "]", item, OF_RULE)));
        }
        return List.copyOf(rules);
    }

    private static Rule rule(Section rule) {
        List<String> among = rule.globs("among", TAG_GLOB);
        List<String> protect = rule.globs("protect", TAG_GLOB);
        Section keep = new Section(
                rule.name + ".keep", rule.values.containsKey("keep") ? rule.values.get("keep") : Map.of(), OF_KEEP);
        if (among.isEmpty() && protect.isEmpty()) {
            throw new InvalidSettingException(rule.name + ": has neither among nor protect, so it does nothing");
        }
        if (!among.isEmpty() && MEASURES.stream().noneMatch(keep.values::containsKey)) {
            throw new InvalidSettingException(rule.name
                    + ": has among and no keep with newest, youngerthan or pulledwithin, so every such tag would go:"
                    + " if that is meant, say keep: {newest: 0}");
        }
        if (among.isEmpty() && !keep.values.isEmpty()) {
            throw new InvalidSettingException(rule.name + ": has keep and no among, so no tag is asked for");
        }
        return new Rule(
                rule.globs("repositories", REPOSITORY_GLOB),
                among,
                keep.number("newest"),
                keep.choice("order", Order.class, Order.NATURAL),
                keep.duration("youngerthan"),
                keep.choice("by", Age.class, Age.CREATED),
                keep.duration("pulledwithin"),
                protect);
    }

    /** As {@code 30d}, which Go does not spell. */
    private static Optional<Duration> days(String text) {
        return text.matches("[0-9]{1,5}d")
                ? Optional.of(Duration.ofDays(Integer.parseInt(text.substring(0, text.length() - 1))))
                : Optional.empty();
    }

    /** A map within the rules, which says where it stands when something in it is wrong. */
    private static final class Section {

        private final String name;
        private final Map<?, ?> values;

        Section(String name, Object yaml, Set<String> known) {
            if (!(yaml instanceof Map<?, ?> map)) {
                throw new InvalidSettingException(name + ": is no map");
            }
            map.keySet().stream()
                    .filter(key -> !known.contains(String.valueOf(key)))
                    .findFirst()
                    .ifPresent(key -> {
                        throw new InvalidSettingException(name + "." + key + ": is no key of it; there are "
                                + String.join(", ", known.stream().sorted().toList()));
                    });
            map.forEach((key, value) -> {
                if (value == null) {
                    throw new InvalidSettingException(name + "." + key + ": says nothing");
                }
            });
            this.name = name;
            this.values = map;
        }

        private @Nullable String text(String key) {
            Object value = values.get(key);
            return value == null ? null : value.toString();
        }

        List<String> globs(String key, Pattern allowed) {
            Object value = values.get(key);
            if (value == null && key.equals("repositories")) {
                return List.of("**");
            }
            List<String> globs = new ArrayList<>();
            for (Object item :
                    value instanceof Collection<?> items ? items : value == null ? List.of() : List.of(value)) {
                if (item == null || !allowed.matcher(item.toString()).matches()) {
                    throw new InvalidSettingException(
                            name + "." + key + ": \"" + item + "\" is no pattern: " + allowed);
                }
                globs.add(item.toString());
            }
            return List.copyOf(globs);
        }

        int number(String key) {
            String text = text(key);
            if (text != null && !text.matches("[0-9]{1,9}")) {
                throw new InvalidSettingException(name + "." + key + ": " + text + " is no number");
            }
            return text == null ? 0 : Integer.parseInt(text);
        }

        <E extends Enum<E>> E choice(String key, Class<E> type, E otherwise) {
            String text = text(key);
            try {
                return text == null ? otherwise : Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw new InvalidSettingException(name + "." + key + ": " + text + " is none of "
                        + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
            }
        }

        Optional<Duration> duration(String key) {
            String text = text(key);
            return Optional.ofNullable(text)
                    .map(value -> days(value)
                            .or(() -> DurationText.parse(value))
                            .orElseThrow(() -> new InvalidSettingException(
                                    name + "." + key + ": " + value + " is no duration such as 30d or 12h")));
        }
    }
}
