package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SettingChangeTest {

    @Test
    void whatIsDifferentIsToldWithBothValuesAndWhenItTakesEffect() {
        SettingValues before = new SettingSources()
                .file("log: {level: warn}\nhttp: {addr: \":1\"}")
                .values();
        SettingValues after = new SettingSources()
                .file("http: {addr: \":2\"}\nhttp.host: https://a\ndatabase: {password: hunter2}")
                .values();

        assertThat(SettingChange.between(before, after, null))
                .extracting(SettingChange::toString)
                .anyMatch(line -> line.matches(
                        "setting http.addr is now \":2\" from .*, was \":1\": takes effect at the next start"))
                .contains("setting log.level is now \"info\" from defaults, was \"warn\"")
                .anyMatch(line -> line.startsWith("setting database.password is now \"********\" from "))
                .hasSize(4);
    }

    @Test
    void whatIsSaidAnotherWayIsNoChange() {
        SettingValues before = new SettingSources().file("log: {level: info}").values();

        assertThat(SettingChange.between(before, new SettingSources().values(), null))
                .isEmpty();
    }
}
