package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.Retention.Age;
import com.laincloud.registry.config.Retention.Order;
import com.laincloud.registry.config.Retention.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    private static Retention scheduled(String schedule) {
        return new SettingSources()
                .variable("REGISTRY_RETENTION_SCHEDULE", schedule)
                .settings()
                .retention();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 4 * * 6            | 2026-12-05T04:00:00Z",
                "0 4 * * SAT          | 2026-12-05T04:00:00Z",
                "0 4 * * Mon-Fri      | 2026-12-01T04:00:00Z",
                "0 4 * * 0            | 2026-12-06T04:00:00Z",
                "0 4 * * 7            | 2026-12-06T04:00:00Z",
                "*/20 * * * *         | 2026-11-30T12:20:00Z",
                "0 12 * * *           | 2026-12-01T12:00:00Z",
                "0 4 1 * 6            | 2026-12-01T04:00:00Z",
                "0 4 2 * 6            | 2026-12-02T04:00:00Z",
                "5,35 0-2 * JAN,12 *  | 2026-12-01T00:05:00Z",
                "0 0 1-31/2 * *       | 2026-12-01T00:00:00Z",
                "0 0 29 2 *           | 2028-02-29T00:00:00Z",
            })
    void aScheduleHasTheMomentsThatCronHas(String fields, Instant next) {
        Schedule schedule = scheduled(fields).schedule().orElseThrow();

        assertThat(schedule.next(Instant.parse("2026-11-30T12:00:00Z"))).isEqualTo(next);
        assertThat(schedule.next(next.minusMillis(1))).isEqualTo(next);
        assertThat(schedule.next(next)).isAfter(next);
        assertThat(schedule.has(next)).isTrue();
        assertThat(schedule.has(next.plusMillis(1))).isFalse();
        assertThat(schedule.has(next.minusSeconds(1))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0 4 * *",
                "0 0 4 * * 6",
                "60 4 * * *",
                "0 24 * * *",
                "0 4 0 * *",
                "0 4 32 * *",
                "0 4 * 13 *",
                "0 4 * FEBR *",
                "0 4 * * 8",
                "0 4 * * 13",
                "0 4 * * 6#2",
                "0 4 * * SAT#2",
                "0 4 L * *",
                "*/0 4 * * *",
                "1/2147483647 4 * * *",
                ", 4 * * *",
                "@weekly",
                "0 0 30 2 *",
                "0 0 31 4,6,9,11 *",
            })
    void whatIsNoScheduleOrNeverComesIsRefused(String fields) {
        assertThatThrownBy(() -> scheduled(fields))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "retention.schedule: \"" + fields + "\" from environment: must be minute, hour, day, month and"
                                + " weekday of moments that come, such as 0 4 * * 6");
    }

    @Test
    void aScheduleBesideAnIntervalIsRefused() {
        SettingSources both = new SettingSources()
                .file("retention: {interval: 168h}")
                .variable("REGISTRY_RETENTION_SCHEDULE", "0 4 * * 6");
        assertThatThrownBy(both::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(
                        "retention.schedule: \"0 4 * * 6\" from environment: must be empty where retention.interval is set");
        Retention other =
                both.property("registry.retention.interval", "").settings().retention();
        assertThat(other.interval()).isEmpty();
        assertThat(other.schedule()).contains(new Schedule("0 4 * * 6"));
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
