package com.laincloud.registry.retention;

import com.laincloud.registry.config.Retention.Age;
import com.laincloud.registry.config.Retention.Rule;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The rules of the configuration, as the database takes them. */
record TagRules(List<Rule> rules) {

    /** Those for a repository; empty if no tag of it can go. */
    Optional<String> of(String repository) {
        JsonArrayBuilder json = Json.createArrayBuilder();
        boolean asks = false;
        for (int number = 1; number <= rules.size(); number++) {
            Rule rule = rules.get(number - 1);
            if (rule.isFor(repository)) {
                json.add(json(number, rule));
                asks |= !rule.among().isEmpty();
            }
        }
        return asks ? Optional.of(json.build().toString()) : Optional.empty();
    }

    /** Whether any asks when an image was made, which is in its configuration. */
    boolean askForAges() {
        return rules.stream().anyMatch(rule -> rule.youngerThan().isPresent() && rule.by() == Age.CREATED);
    }

    private static JsonObjectBuilder json(int number, Rule rule) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("number", number)
                .add("among", Json.createArrayBuilder(rule.amongExpressions()))
                .add("protect", Json.createArrayBuilder(rule.protectExpressions()))
                .add("newest", rule.newest())
                .add("order", rule.order().name().toLowerCase(Locale.ROOT))
                .add("by", rule.by().name().toLowerCase(Locale.ROOT));
        rule.youngerThan().map(Duration::toSeconds).ifPresent(seconds -> json.add("younger", seconds));
        rule.pulledWithin().map(Duration::toSeconds).ifPresent(seconds -> json.add("pulled", seconds));
        return json;
    }
}
