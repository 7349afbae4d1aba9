package com.laincloud.registry.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which tags go by themselves, and which stay what they are.
 *
 * @param interval from one run to the next; if both are empty, there is none unless one is asked for
 * @param schedule the moments of runs, where there is no interval
 * @param rules in the order of the configuration
 */
public record Retention(Optional<Duration> interval, Optional<Schedule> schedule, List<Rule> rules) {

    private static final String RULES = "retention.rules";
    private static final Set<String> OF_RULE = Set.of("repositories", "among", "keep", "protect", "immutable", "burn");
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
     * @param immutable patterns of tags that no push makes name another manifest
     * @param burn whether such a tag, once deleted, can name nothing but what it named
     */
    public record Rule(
            List<String> repositories,
            List<String> among,
            int newest,
            Order order,
            Optional<Duration> youngerThan,
            Age by,
            Optional<Duration> pulledWithin,
            List<String> protect,
            List<String> immutable,
            boolean burn) {

        /** Whether it is for a repository. */
        public boolean isFor(String repository) {
            return repositoryExpressions().stream().anyMatch(repository::matches);
        }

        /** The patterns of {@code among} as regular expressions. */
        public List<String> amongExpressions() {
            return among.stream().map(Rule::expression).toList();
        }

        /** The patterns of {@code protect} as regular expressions. */
        public List<String> protectExpressions() {
            return protect.stream().map(Rule::expression).toList();
        }

        private boolean holds(String repository, String tag) {
            return immutableExpressions().stream().anyMatch(tag::matches) && isFor(repository);
        }

        /** The patterns of {@code repositories} as regular expressions. */
        public List<String> repositoryExpressions() {
            return repositories.stream().map(Rule::expression).toList();
        }

        /** The patterns of {@code immutable} as regular expressions. */
        public List<String> immutableExpressions() {
            return immutable.stream().map(Rule::expression).toList();
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

    /** Whether no push makes a tag name another manifest. */
    public boolean isImmutable(String repository, String tag) {
        return rules.stream().anyMatch(rule -> rule.holds(repository, tag));
    }

    /** Whether a tag, once deleted, can name nothing but what it named. */
    public boolean isBurned(String repository, String tag) {
        return rules.stream().anyMatch(rule -> rule.burn() && rule.holds(repository, tag));
    }

    static Retention read(SettingReader reader) {
        return new Retention(
                reader.optionalInterval("retention.interval"),
                reader.optionalSchedule("retention.schedule", "retention.interval"),
                reader.text(RULES)
                        .map(text -> YamlText.parse(text, RULES))
                        .map(Retention::rules)
                        .orElse(List.of()));
    }

    private static List<Rule> rules(Object yaml) {
        List<Rule> rules = new ArrayList<>();
        for (Object item : yaml instanceof Collection<?> items ? items : List.of(yaml)) {
            rules.add(rule(new RuleSection(RULES + "[" + rules.size() + "]", item, OF_RULE)));
        }
        return List.copyOf(rules);
    }

    private static Rule rule(RuleSection rule) {
        List<String> among = rule.globs("among", TAG_GLOB);
        List<String> protect = rule.globs("protect", TAG_GLOB);
        RuleSection keep = rule.section("keep", OF_KEEP);
        List<String> immutable = rule.globs("immutable", TAG_GLOB);
        boolean burn = rule.truth("burn");
        if (among.isEmpty() && protect.isEmpty() && immutable.isEmpty()) {
            throw new InvalidSettingException(
                    rule.name() + ": has neither among nor protect nor immutable, so it does nothing");
        }
        if (burn && immutable.isEmpty()) {
            throw new InvalidSettingException(rule.name() + ": has burn and no immutable, so no tag is meant");
        }
        if (!among.isEmpty() && MEASURES.stream().noneMatch(keep::has)) {
            throw new InvalidSettingException(rule.name()
                    + ": has among and no keep with newest, youngerthan or pulledwithin, so every such tag would go:"
                    + " if that is meant, say keep: {newest: 0}");
        }
        if (among.isEmpty() && !keep.isEmpty()) {
            throw new InvalidSettingException(rule.name() + ": has keep and no among, so no tag is asked for");
        }
        return new Rule(
                rule.globs("repositories", REPOSITORY_GLOB),
                among,
                keep.number("newest"),
                keep.choice("order", Order.class, Order.NATURAL),
                keep.duration("youngerthan"),
                keep.choice("by", Age.class, Age.CREATED),
                keep.duration("pulledwithin"),
                protect,
                immutable,
                burn);
    }
}
