package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.Retention.Age;
import com.laincloud.registry.config.Retention.Order;
import com.laincloud.registry.config.Retention.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of retention as they are written. */
class RetentionTest {

    private static Retention read(String rules) {
        return new SettingSources()
                .variable("REGISTRY_RETENTION_RULES", rules)
                .settings()
                .retention();
    }

    @Test
    void aRuleSaysWhatItIsForAndWhatItKeeps() {
        assertThat(read("""
                        [{repositories: ["team/**", base], among: [release-*, "v?"],
                          keep: {newest: 50, order: pushed, youngerthan: 30d, by: pushed, pulledwithin: 36h},
                          protect: [latest], immutable: v*, burn: true}]""").rules())
                .containsExactly(new Rule(
                        List.of("team/**", "base"),
                        List.of("release-*", "v?"),
                        50,
                        Order.PUSHED,
                        Optional.of(Duration.ofDays(30)),
                        Age.PUSHED,
                        Optional.of(Duration.ofHours(36)),
                        List.of("latest"),
                        List.of("v*"),
                        true));
        assertThat(read("[{among: v*, keep: {newest: 0}}]").rules().getFirst().repositories())
                .containsExactly("**");
        assertThat(read("").rules()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "team/*, team/app, true",
        "team/*, team/app/web, false",
        "team/**, team/app/web, true",
        "team/**, team, false",
        "**, a/b/c, true",
        "*, a, true",
        "*, a/b, false",
        "a.b, a.b, true",
        "a.b, axb, false",
        "*app, my-app, true"
    })
    void aStarIsAPartOfAPathAndTwoAreAny(String glob, String repository, boolean isFor) {
        Rule rule = read("[{repositories: [\"" + glob + "\"], among: [v*], keep: {newest: 1}}]")
                .rules()
                .getFirst();
        assertThat(rule.isFor(repository)).isEqualTo(isFor);
    }

    @Test
    void aTagIsImmutableWhereARuleOfItsRepositorySaysSo() {
        Retention rules = read("[{repositories: [prod/**], immutable: [v*], burn: true}, {immutable: [stable]}]");

        assertThat(rules.isImmutable("prod/app", "v1")).isTrue();
        assertThat(rules.isBurned("prod/app", "v1")).isTrue();
        assertThat(rules.isImmutable("prod/app", "stable")).isTrue();
        assertThat(rules.isBurned("prod/app", "stable")).isFalse();
        assertThat(rules.isImmutable("test/app", "v1")).isFalse();
        assertThat(rules.isImmutable("prod/app", "latest")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{among: [v*]}] | retention.rules[0]: has among and no keep",
                "[{protect: [latest]}, {keep: {newest: 1}}] | retention.rules[1]: has neither among nor protect",
                "[{protect: [latest], keep: {newest: 1}}] | retention.rules[0]: has keep and no among",
                "[{among: [v*], keep: {newest: -1}}] | retention.rules[0].keep.newest: -1 is no number",
                "[{among: [v*], keep: {newest: many}}] | retention.rules[0].keep.newest: many is no number",
                "[{among: [v*], keep: {newest: 1, order: random}}] | retention.rules[0].keep.order: random is none of [natural, pushed]",
                "[{among: [v*], keep: {newest: 1, by: size}}] | retention.rules[0].keep.by: size is none of [created, pushed]",
                "[{among: [v*], keep: {youngerthan: 30}}] | retention.rules[0].keep.youngerthan: 30 is no duration",
                "[{among: ['[v'], keep: {newest: 1}}] | retention.rules[0].among: \"[v\" is no pattern",
                "[{repositories: [Team], among: [v*], keep: {newest: 1}}] | retention.rules[0].repositories: \"Team\" is no pattern",
                "[{amongst: [v*]}] | retention.rules[0].amongst: is no key of it; there are among, burn, immutable, keep, protect, repositories",
                "[{protect: [latest], burn: true}] | retention.rules[0]: has burn and no immutable",
                "[{immutable: [v*], burn: sometimes}] | retention.rules[0].burn: sometimes is neither true nor false",
                "[{immutable: ['(v']}] | retention.rules[0].immutable: \"(v\" is no pattern",
                "[{among: [v*], keep: {latest: 1}}] | retention.rules[0].keep.latest: is no key of it",
                "[v*] | retention.rules[0]: is no map",
                "[{among: [v*], keep: {order: pushed}}] | retention.rules[0]: has among and no keep with newest",
                "[{among: [v*], keep: {newest: }}] | retention.rules[0].keep.newest: says nothing",
                "[{repositories: , among: [v*], keep: {newest: 1}}] | retention.rules[0].repositories: says nothing",
                "[{among: [~], keep: {newest: 1}}] | retention.rules[0].among: \"null\" is no pattern",
                "[{among: [v*, keep: {newest: 1}}] | retention.rules: "
            })
    void whatContradictsItselfOrIsUnknownIsRefusedByItsPlace(String rules, String message) {
        assertThatThrownBy(() -> read(rules))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith(message);
    }
}
