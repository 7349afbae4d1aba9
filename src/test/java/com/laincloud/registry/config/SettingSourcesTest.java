package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which source has the last word, and how far it reaches: docker/distribution's rules for the environment. */
class SettingSourcesTest {

    private static final String FILE = """
            version: 0.1
            storage:
              filesystem: {rootdirectory: /srv/registry}
              delete: {enabled: true}
            auth:
              token: {realm: https://auth/token, service: lain.local}
            http:
              addr: ":5001"
              headers: {X-One: [a, b], X-Two: [c]}
            """;

    @Test
    void theHigherSourceHasTheLastWord() {
        SettingValues values = new SettingSources()
                .file(FILE)
                .variable("REGISTRY_HTTP_ADDR", ":5002")
                .source(SettingSource.of("etcd", SettingSource.ETCD, Map.of("http.addr", ":5003")))
                .property("registry.http.addr", ":5004")
                .values();

        assertThat(values.find("http.addr")).contains(new Setting("http.addr", ":5004", "system properties", 400));
        assertThat(new SettingSources()
                        .file(FILE)
                        .values()
                        .find("http.addr")
                        .orElseThrow()
                        .value())
                .isEqualTo(":5001");
        assertThat(new SettingSources().values().find("http.addr"))
                .contains(new Setting("http.addr", ":5000", "defaults", 100));
    }

    @Test
    void anEmptyVariableTurnsAWholeSectionOff() {
        SettingValues values =
                new SettingSources().file(FILE).variable("REGISTRY_AUTH", "").values();

        assertThat(values.configured()).noneMatch(setting -> setting.key().startsWith("auth"));
        assertThat(values.find("auth.token.realm")).isEmpty();
        assertThat(values.find("http.addr").orElseThrow().value()).isEqualTo(":5001");
    }

    @ParameterizedTest
    @CsvSource({"null", "~", "{}"})
    void yamlsWordsForNothingTurnASectionOffAsWell(String nothing) {
        SettingValues values = new SettingSources()
                .file(FILE)
                .variable("REGISTRY_AUTH", nothing)
                .values();

        assertThat(values.configured()).noneMatch(setting -> setting.key().startsWith("auth"));
    }

    @Test
    void aWordReplacesASectionAndAllThatIsBeneath() {
        Settings settings = new SettingSources()
                .file(FILE.replaceAll("(?s)auth:.*?lain.local}\n", ""))
                .variable("REGISTRY_STORAGE", "inmemory")
                .settings();

        assertThat(settings.storage().driver()).isEqualTo(Storage.Driver.INMEMORY);
        assertThat(settings.storage().deleteEnabled()).isFalse();
    }

    @Test
    void aMapReplacesASectionAndIsTheSectionFromThenOn() {
        SettingValues values = new SettingSources()
                .file(FILE)
                .variable("REGISTRY_AUTH", "{htpasswd: {realm: basic, path: /etc/htpasswd}}")
                .variable("REGISTRY_HTTP_HEADERS", "{X-Three: [d]}")
                .values();

        assertThat(values.configured().stream()
                        .map(Setting::key)
                        .filter(key -> key.startsWith("auth") || key.startsWith("http.headers")))
                .containsExactlyInAnyOrder("auth.htpasswd.realm", "auth.htpasswd.path", "http.headers.X-Three");
    }

    @Test
    void aSourceBeneathASectionLeavesTheRestOfTheSection() {
        Map<String, List<String>> headers = new SettingSources()
                .file(FILE.replaceAll("(?s)auth:.*?lain.local}\n", ""))
                .source(SettingSource.of("etcd", SettingSource.ETCD, Map.of("http.headers.X-Two", "[z]")))
                .settings()
                .http()
                .headers();

        assertThat(headers).isEqualTo(Map.of("X-One", List.of("a", "b"), "X-Two", List.of("z")));
    }

    @Test
    void whatOneSourceSaysOfASectionLeavesWhatItSaysBeneath() {
        Settings settings = new SettingSources()
                .environment(Map.of("REGISTRY_STORAGE", "inmemory", "REGISTRY_STORAGE_DELETE_ENABLED", "true"))
                .settings();

        assertThat(settings.storage().driver()).isEqualTo(Storage.Driver.INMEMORY);
        assertThat(settings.storage().deleteEnabled()).isTrue();
    }

    @Test
    void whatIsSaidOfTheStorageNamesNoOtherDriver() {
        Settings settings = new SettingSources()
                .environment(Map.of(
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/srv",
                        "REGISTRY_STORAGE_VERIFIEDWITHIN", "24h",
                        "REGISTRY_STORAGE_MAINTENANCE_READONLY_ENABLED", "true"))
                .settings();

        assertThat(settings.storage().driver()).isEqualTo(Storage.Driver.FILESYSTEM);
        assertThat(settings.storage().verifiedWithin()).isEqualTo(Duration.ofHours(24));
    }

    @Test
    void anEmptyValueBringsTheDefaultBack() {
        assertThat(new SettingSources()
                        .file(FILE)
                        .variable("REGISTRY_HTTP_ADDR", "")
                        .values()
                        .find("http.addr")
                        .orElseThrow()
                        .value())
                .isEqualTo(":5000");
    }

    @ParameterizedTest
    @CsvSource({
        "REGISTRY_HTTP_ADDR, http.addr",
        "REGISTRY_LOGLEVEL, loglevel",
        "REGISTRY_HEALTH_FILECHECKERS, health.file",
        "REGISTRY_HEALTH_HTTPCHECKERS, health.http",
        "REGISTRY_HEALTH_TCPCHECKERS, health.tcp",
        "REGISTRY_HEALTH_FILE, health.file",
        "REGISTRY_COMPATIBILITY_SCHEMA1_TRUSTKEY, compatibility.schema1.signingkeyfile",
        "REGISTRY_COMPATIBILITY_SCHEMA1_SIGNINGKEYFILE, compatibility.schema1.signingkeyfile",
        "REGISTRY_NOTIFICATIONS_EVENTCONFIG_INCLUDEREFERENCES, notifications.events.includereferences",
    })
    void variablesGoByTheNamesOfTheFileAndOfDistributionsFields(String variable, String key) {
        assertThat(SettingValues.keyOfVariable(variable)).isEqualTo(key);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "012345       | 012345",
                "1.10         | 1.10",
                "yes          | yes",
                "\"quoted\"   | quoted",
                "'it''s'      | it's",
                "a: b         | a: b",
                "@&*!%        | @&*!%",
                "{open        | {open",
                "2001-01-01   | 2001-01-01",
            })
    void aPasswordIsTakenAsItIsWritten(String written, String password) {
        Settings settings = new SettingSources()
                .variable("REGISTRY_DATABASE_PASSWORD", written)
                .settings();

        assertThat(settings.database().address().account().password()).contains(password);
    }

    @Test
    void aNumberInTheFileIsTheTextThatItIs() {
        Settings settings = new SettingSources()
                .file("database: {password: 012345, username: 1.10}")
                .settings();

        assertThat(settings.database().address().account().password()).contains("012345");
        assertThat(settings.database().address().account().username()).contains("1.10");
    }
}
