package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each key takes, and what is said where it does not. */
class SettingsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "REGISTRY_VERSION | 0.2 | version: \"0.2\" from environment: must be 0.1",
                "REGISTRY_HTTP_ADDR | 5000x | http.addr: \"5000x\" from environment: must be host:port or :port",
                "REGISTRY_HTTP_NET | unix | http.net: \"unix\" from environment: must be tcp",
                "REGISTRY_HTTP_HOST | ftp://a | http.host: \"ftp://a\" from environment: must be an address such as https://registry.example.com",
                "REGISTRY_HTTP_RELATIVEURLS | maybe | http.relativeurls: \"maybe\" from environment: must be true or false",
                "REGISTRY_HTTP_HEADERS | nosniff | http.headers: \"nosniff\" from environment: must be a map such as {name: value}",
                "REGISTRY_HTTP_DRAINTIMEOUT | 8 | http.draintimeout: \"8\" from environment: must be a duration such as 500ms, 10s or 1h30m",
                "REGISTRY_HTTP_TRUSTEDPROXIES | [proxy] | http.trustedproxies: \"[proxy]\" from environment: must be a list such as [127.0.0.0/8, \"::1\"]",
                "REGISTRY_LOG_LEVEL | loud | log.level: \"loud\" from environment: must be one of error, warn, info, debug",
                "REGISTRY_LOGLEVEL | loud | loglevel: \"loud\" from environment: must be one of error, warn, info, debug",
                "REGISTRY_LOG_FORMATTER | xml | log.formatter: \"xml\" from environment: must be one of text, json",
                "REGISTRY_STORAGE | tape | storage: \"tape\" from environment: must be of a driver there is: filesystem, s3, oss or inmemory",
                "REGISTRY_STORAGE_FILESYSTEM_RESERVEDBYTES | 1G | storage.filesystem.reservedbytes: \"1G\" from environment: must be a number of bytes",
                "REGISTRY_CATALOG_MAXENTRIES | 0 | catalog.maxentries: \"0\" from environment: must be a whole number from 1 to 2147483647",
                "REGISTRY_TAGS_MAXTAGS | many | tags.maxtags: \"many\" from environment: must be a whole number from 1 to 2147483647",
                "REGISTRY_ETCD_ENDPOINTS | etcd.lain:4001 | etcd.endpoints: \"etcd.lain:4001\" from environment: must be a list such as [http://etcd.lain:4001]",
                "REGISTRY_ETCD_ENDPOINTS | http://a:secret@etcd:4001 | etcd.endpoints: \"http://a:********@etcd:4001\" from environment: must be a list such as [http://etcd.lain:4001]",
                "REGISTRY_ETCD_API | v4 | etcd.api: \"v4\" from environment: must be one of auto, v2, v3",
                "REGISTRY_ETCD_PREFIX | lain | etcd.prefix: \"lain\" from environment: must be a key such as /lain/config",
                "REGISTRY_ETCD_MALFORMEDAUTH | shut | etcd.malformedauth: \"shut\" from environment: must be one of open, refuse",
            })
    void aWrongValueIsOneLineOfKeyValueSourceAndWhatIsAllowed(String variable, String value, String line) {
        SettingSources sources = new SettingSources().variable(variable, value);

        assertThatThrownBy(sources::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessage(line);
    }

    @Test
    void whatIsNoYamlIsOneLineThatNamesTheFile() {
        assertThatThrownBy(() -> new SettingSources().file("log:\n  level: [info\nhttp: {"))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageMatching("/.*\\.yml: .+")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> new SettingSources().file("- a list"))
                .hasMessageMatching("/.*\\.yml: must be a map of keys");
    }

    @Test
    void everyKeyOfDistributionsConfigurationIsHonouredOrNamedWithTheReason() throws IOException {
        String all =
                Files.readString(Path.of("src/test/resources/com/laincloud/registry/config/distribution-keys.yml"));
        SettingValues values = new SettingSources().file(all).values();

        assertThat(SettingWarnings.of(values)).allMatch(warning -> warning.contains(" has no effect here: "));
        assertThat(values.configured()).hasSizeGreaterThan(150);
    }

    @Test
    void anUnknownKeyIsNamed() {
        SettingValues values = new SettingSources()
                .file("storage: {filesystem: {rootdir: /srv}, inmemmory: }\nhttp: {adr: \":1\"}\nversion: 0.1")
                .values();

        assertThat(SettingWarnings.of(values))
                .hasSize(3)
                .allMatch(warning -> warning.endsWith(" is no key of this registry"))
                .anyMatch(warning -> warning.startsWith("setting http.adr from /"));
    }

    @Test
    void loglevelCountsWhereTheNewerKeyIsNotThere() {
        assertThat(new SettingSources().file("loglevel: debug").settings().log().level())
                .isEqualTo(Log.Level.DEBUG);
        assertThat(new SettingSources()
                        .file("loglevel: debug\nlog: {level: warn}")
                        .settings()
                        .log()
                        .level())
                .isEqualTo(Log.Level.WARN);
    }

    @ParameterizedTest
    @CsvSource({"8s, 8000", "1m30s, 90000", "1.5s, 1500", "250ms, 250", "0, 0", "168h, 604800000"})
    void durationsAreGos(String text, long milliseconds) {
        assertThat(DurationText.parse(text)).contains(Duration.ofMillis(milliseconds));
    }

    @ParameterizedTest
    @CsvSource({"8", "s", "-1s", "1s 2s", "1d", "''", "999999999h999999999h"})
    void whatIsNoDurationOfGosIsNone(String text) {
        assertThat(DurationText.parse(text)).isEmpty();
    }

    @Test
    void secretsAreNotShown() {
        SettingValues values = new SettingSources().file("""
                        database: {password: hunter2, url: "jdbc:postgresql://db/registry?user=a&password=hunter2&ssl=true"}
                        etcd: {endpoints: "http://root:hunter2@etcd.lain:4001", password: hunter2}
                        http: {secret: hunter2}
                        storage: {s3: {secretkey: hunter2, accesskey: hunter2}, filesystem: }
                        """).values();

        assertThat(EffectiveSetting.of(values))
                .noneMatch(setting -> setting.toString().contains("hunter2"))
                .anyMatch(setting ->
                        setting.value().equals("jdbc:postgresql://db/registry?user=a&password=********&ssl=true"));
        assertThat(values.configured().toString()).doesNotContain("hunter2");
    }

    @Test
    void everySettingIsShownWithItsSourceAndItsEffect() {
        List<EffectiveSetting> settings = EffectiveSetting.of(new SettingSources()
                .file("redis: {addr: localhost}")
                .variable("REGISTRY_LOG_LEVEL", "debug")
                .values());

        assertThat(settings)
                .contains(new EffectiveSetting("log.level", "debug", "environment", true, ""))
                .contains(new EffectiveSetting("http.addr", ":5000", "defaults", false, ""))
                .anyMatch(setting -> setting.key().equals("redis.addr")
                        && setting.remark().equals("has no effect here: no cache is used"));
    }

    @Test
    void whatSeveralServersAreToHaveAlikeIsNeitherOfOneServerNorSecret() {
        List<String> shared =
                EffectiveSetting.of(new SettingSources()
                                .variable("REGISTRY_LOG_FIELDS", "{server: a}")
                                .values())
                        .stream()
                        .filter(EffectiveSetting::isShared)
                        .map(EffectiveSetting::key)
                        .toList();

        assertThat(shared)
                .contains("tags.maxtags", "database.url", "auth.token.realm")
                .doesNotContain("http.addr", "http.host", "storage.filesystem.rootdirectory", "database.password")
                .noneMatch(key -> key.startsWith("log.fields"));
    }
}
