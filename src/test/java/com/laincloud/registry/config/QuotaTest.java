package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.Quota.Limit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuotaTest {

    private static Quota quota(String rules) {
        return new SettingSources()
                .variable("REGISTRY_QUOTA_RULES", rules)
                .settings()
                .quota();
    }

    @ParameterizedTest
    @CsvSource({
        "1500, 1500",
        "2KB, 2000",
        "2K, 2000",
        "2KiB, 2048",
        "2Ki, 2048",
        "100GiB, 107374182400",
        "100 GiB, 107374182400",
        "3TB, 3000000000000",
        "0, 0",
    })
    void bytesMayHaveAUnit(String text, long bytes) {
        assertThat(quota("[{namespace: team/app, bytes: " + text + "}]").limits())
                .containsExactly(new Limit("team/app", bytes));
    }

    @ParameterizedTest
    @CsvSource({
        "team/app, team/app, true",
        "team/app, team/app2, false",
        "team/*, team/app, true",
        "team/*, team/app/web, false",
        "team/*, team, false",
        "team/*, teams/app, false",
        "team/**, team/app, true",
        "team/**, team/app/web, true",
        "team/**, team, false",
        "*, app, true",
        "*, team/app, false",
        "**, team/app, true",
        "**, app, true",
    })
    void aNamespaceIsARepositoryOrThoseOnePartBelowOrAllBelow(String namespace, String repository, boolean isBound) {
        assertThat(quota("[{namespace: '" + namespace + "', bytes: 1}]").of(repository))
                .hasSize(isBound ? 1 : 0);
    }

    @Test
    void aRepositoryIsBoundByEachQuotaThatCoversIt() {
        assertThat(quota("[{namespace: '**', bytes: 3}, {namespace: b, bytes: 2}, {namespace: 'a/*', bytes: 1}]")
                        .of("a/b"))
                .containsExactly(new Limit("**", 3), new Limit("a/*", 1));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{namespace: team/app}]                                  | quota.rules[0].bytes",
                "[{bytes: 5}]                                             | quota.rules[0].namespace",
                "[{namespace: 'te*m', bytes: 5}]                          | quota.rules[0].namespace: \"te*m\"",
                "[{namespace: '**/app', bytes: 5}]                        | quota.rules[0].namespace",
                "[{namespace: Team, bytes: 5}]                            | quota.rules[0].namespace",
                "[{namespace: team/, bytes: 5}]                           | quota.rules[0].namespace",
                "[{namespace: team, bytes: -5}]                           | quota.rules[0].bytes",
                "[{namespace: team, bytes: much}]                         | quota.rules[0].bytes",
                "[{namespace: team, bytes: 5XB}]                          | quota.rules[0].bytes",
                "[{namespace: team, bytes: 999999999999PB}]               | quota.rules[0].bytes",
                "[{namespace: team, bytes: 5, tags: 3}]                   | quota.rules[0].tags: is no key of it",
                "[{namespace: team, bytes: 5}, {namespace: team, bytes: 6}] | team has a quota already",
                "team                                                     | quota.rules[0]: is no map",
            })
    void whatIsNoQuotaIsRefusedWithItsPlace(String rules, String reason) {
        assertThatThrownBy(() -> quota(rules))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(reason);
    }
}
