package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.EtcdKeys;
import com.laincloud.registry.etcd.EtcdStore;
import com.laincloud.registry.etcd.TlsFiles;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What LAIN's keys mean. */
class EtcdTreeTest {

    private static final String AUTH = "/lain/config/auth/registry";
    private static final String TREE = "/lain/config/registry/";
    private static final String LAINS_FILE = """
            auth:
              token:
                realm: https://console.domain/api/v1/authorize/registry/
                issuer: "auth server"
                service: "lain.local"
                rootcertbundle: /lain/app/auth/server.pem
            """;

    private static final EtcdStore STORE = new EtcdStore(EtcdCluster.Api.V2, "cluster");

    static Etcd etcd(Path stateFile, Duration timeout, boolean refusesMalformedAuth, URI... endpoints) {
        return new Etcd(
                new EtcdCluster(List.of(endpoints), EtcdCluster.Api.V2, Optional.empty(), TlsFiles.NONE),
                "/lain/config",
                timeout,
                stateFile,
                refusesMalformedAuth);
    }

    private static EtcdTree tree(Map<String, String> keys) {
        return EtcdTree.of(new EtcdKeys(keys, 7, STORE), etcd(Path.of("state"), Duration.ofSeconds(1), false));
    }

    private static List<String> authKeys(Map<String, String> keys) {
        return new SettingSources()
                .file(LAINS_FILE).source(tree(keys).source()).values().configured().stream()
                        .map(Setting::key)
                        .filter(key -> key.startsWith("auth"))
                        .toList();
    }

    @Test
    void theTokenServiceInEtcdTakesThePlaceOfTheFilesAndTheFilesKeysStay() {
        SettingValues values = new SettingSources()
                .file(LAINS_FILE)
                .source(tree(Map.of(AUTH, """
                        {"realm": " http://console.lain.local/api/v1/authorize/registry/ ", "issuer": "it's: {auth} server",
                         "service": "lain.local\\n", "more": 1}""")).source())
                .values();

        assertThat(values.find("auth.token.realm").orElseThrow())
                .isEqualTo(new Setting(
                        "auth.token.realm", "http://console.lain.local/api/v1/authorize/registry/", "etcd", 350));
        assertThat(values.find("auth.token.issuer").orElseThrow().value()).isEqualTo("it's: {auth} server");
        assertThat(values.find("auth.token.service").orElseThrow().value()).isEqualTo("lain.local");
        assertThat(values.find("auth.token.rootcertbundle").orElseThrow().value())
                .isEqualTo("/lain/app/auth/server.pem");
    }

    @Test
    void anAbsentKeyTurnsTokensOffWhateverTheFileSays() {
        assertThat(authKeys(Map.of())).isEmpty();
        assertThat(tree(Map.of()).remarks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "false",
                "[]",
                "{\"realm\": \"http://console/\"",
                "{\"realm\": \"http://console/\", \"issuer\": \"auth server\"}",
                "{\"realm\": \"http://console/\", \"issuer\": \"auth server\", \"service\": \"\"}",
                "{\"realm\": \"http://console/\", \"issuer\": \"auth server\", \"service\": \"  \"}",
                "{\"realm\": \"http://console/\", \"issuer\": \"auth server\", \"service\": 5}",
                "{\"realm\": null, \"issuer\": \"auth server\", \"service\": \"lain.local\"}"
            })
    void aMalformedKeyTurnsTokensOffAndSaysSo(String malformed) {
        assertThat(authKeys(Map.of(AUTH, malformed))).isEmpty();
        assertThat(tree(Map.of(AUTH, malformed)).remarks())
                .singleElement()
                .asString()
                .startsWith("authentication by token is off, because of " + AUTH + " in etcd: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "closed"})
    void whereItIsAskedForAMalformedKeyIsRefusedInstead(String malformed) {
        Etcd careful = etcd(Path.of("state"), Duration.ofSeconds(1), true);

        assertThatThrownBy(() -> EtcdTree.of(new EtcdKeys(Map.of(AUTH, malformed), 7, STORE), careful))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageEndingWith("must be an object of realm, issuer and service");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/realm", "/"})
    void aDirectoryIsNoTokenServiceEitherNotEvenAnEmptyOne(String beneath) {
        assertThat(authKeys(Map.of(AUTH + beneath, ""))).isEmpty();
        assertThat(tree(Map.of(AUTH + beneath, "")).remarks())
                .singleElement()
                .asString()
                .endsWith("it is a directory");
        Etcd careful = etcd(Path.of("state"), Duration.ofSeconds(1), true);
        assertThatThrownBy(() -> EtcdTree.of(new EtcdKeys(Map.of(AUTH + beneath, ""), 7, STORE), careful))
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("it is a directory");
    }

    @Test
    void anEmptyDirectoryBeneathTheTreeIsNoSetting() {
        assertThat(tree(Map.of(TREE, "", TREE + "storage/", "")).source().values())
                .isEmpty();
    }

    @Test
    void otherProvidersOfTheFileAreNotLainsKeysBusiness() {
        SettingValues values = new SettingSources()
                .file("auth: {htpasswd: {realm: basic, path: /etc/htpasswd}}")
                .source(tree(Map.of()).source())
                .values();

        assertThat(values.find("auth.htpasswd.path")).isPresent();
    }

    @Test
    void everyKeyBeneathTheTreeIsTheSettingOfItsPath() {
        SettingValues values = new SettingSources()
                .variable("REGISTRY_STORAGE_DELETE_ENABLED", "false")
                .file("http: {headers: {X-One: [a]}}")
                .source(tree(Map.of(
                                TREE + "storage/delete/enabled",
                                "true",
                                TREE + "http/headers/X-Two",
                                "[b]",
                                TREE + "log",
                                "{level: debug}",
                                "/lain/config/registry_ip_whitelist",
                                "10.0.0.0/8"))
                        .source())
                .values();
        Settings settings = Settings.read(values);

        assertThat(settings.storage().deleteEnabled()).isTrue();
        assertThat(settings.http().headers()).isEqualTo(Map.of("X-One", List.of("a"), "X-Two", List.of("b")));
        assertThat(settings.log().level()).isEqualTo(Log.Level.DEBUG);
        assertThat(SettingWarnings.of(values)).isEmpty();
    }

    @Test
    void whatFindsEtcdCannotComeFromIt() {
        EtcdTree tree = tree(Map.of(TREE + "etcd/endpoints", "http://elsewhere:4001"));

        assertThat(tree.source().values()).isEmpty();
        assertThat(tree.remarks()).singleElement().asString().contains("has no effect");
    }

    @Test
    void whatIsNotLiveStaysAsItWasAtTheStart() {
        EtcdTree atStart = tree(Map.of(TREE + "http/addr", ":5001", TREE + "log/level", "info"));
        EtcdTree now = tree(Map.of(
                TREE + "http/addr",
                ":5002",
                TREE + "database/url",
                "jdbc:postgresql://b/c",
                TREE + "log/level",
                "debug"));

        assertThat(now.pinnedTo(atStart).source().values())
                .isEqualTo(Map.of("http.addr", ":5001", "log.level", "debug"));
        assertThat(tree(Map.of()).pinnedTo(atStart).source().values()).isEqualTo(Map.of("http.addr", ":5001"));
    }
}
