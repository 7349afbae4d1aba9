package com.laincloud.registry.config;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many bytes repositories may hold.
 *
 * @param limits in the order of the configuration, each of another namespace
 */
public record Quota(List<Limit> limits) {

    private static final String RULES = "quota.rules";
    private static final Set<String> OF_RULE = Set.of("namespace", "bytes");
    private static final Pattern NAMESPACE = Pattern.compile("(?:[a-z0-9._-]+/)*(?:[a-z0-9._-]+|\\*\\*?)");
    private static final Pattern BYTES = Pattern.compile("([0-9]{1,12})\\s*([KMGTP]i?)?B?");
    private static final Map<Character, Integer> POWERS = Map.of('K', 1, 'M', 2, 'G', 3, 'T', 4, 'P', 5);

    /**
     * What the repositories of a namespace may hold together. A blob counts once in each repository that shows it.
     *
     * @param namespace a repository; or those that are a part longer than a path, as {@code team/*}; or all below it, as
     *     {@code team/**}
     */
    public record Limit(String namespace, long bytes) {

        private boolean covers(String repository) {
            if (namespace.endsWith("**")) {
                return repository.startsWith(namespace.substring(0, namespace.length() - 2));
            }
            if (namespace.endsWith("*")) {
                String path = namespace.substring(0, namespace.length() - 1);
                return repository.startsWith(path) && repository.indexOf('/', path.length()) < 0;
            }
            return repository.equals(namespace);
        }
    }

    /** What a repository is bound by. */
    public List<Limit> of(String repository) {
        return limits.stream().filter(limit -> limit.covers(repository)).toList();
    }

    static Quota read(SettingReader reader) {
        return new Quota(reader.text(RULES)
                .map(text -> YamlText.parse(text, RULES))
                .map(Quota::limits)
                .orElse(List.of()));
    }

    private static List<Limit> limits(Object yaml) {
        List<Limit> limits = new ArrayList<>();
        Set<String> namespaces = new HashSet<>();
        for (Object item : yaml instanceof Collection<?> items ? items : List.of(yaml)) {
            RuleSection rule = new RuleSection(RULES + "[" + limits.size() + "]", item, OF_RULE);
            Limit limit = new Limit(rule.required("namespace", NAMESPACE).group(), bytes(rule));
            if (!namespaces.add(limit.namespace())) {
                throw new InvalidSettingException(rule.name() + ": " + limit.namespace() + " has a quota already");
            }
            limits.add(limit);
        }
        return List.copyOf(limits);
    }

    /** As {@code 1500}, {@code 2GB}, which are powers of 1000, or {@code 100GiB}, which are powers of 1024. */
    private static long bytes(RuleSection rule) {
        Matcher parts = rule.required("bytes", BYTES);
        BigInteger bytes = new BigInteger(parts.group(1));
        String unit = parts.group(2);
        if (unit != null) {
            int base = unit.endsWith("i") ? 1024 : 1000;
            bytes = bytes.multiply(BigInteger.valueOf(base).pow(POWERS.getOrDefault(unit.charAt(0), 0)));
        }
        if (bytes.bitLength() >= Long.SIZE) {
            throw new InvalidSettingException(
                    rule.name() + ".bytes: " + parts.group() + " are more bytes than there are");
        }
        return bytes.longValue();
    }
}
