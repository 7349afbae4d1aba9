package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.TlsFiles;
import com.laincloud.registry.it.EtcdServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Starts one after the other, with a real etcd to which something happens in between. */
class EtcdStartIT {

    private static final String AUTH = "/lain/config/auth/registry";
    private static final String ELSEWHERE = "/lain/config/elsewhere";
    private static final Map<String, String> OPENED = Map.of(AUTH, "{}");
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Path stateFile;

    EtcdStartIT(@TempDir Path directory) {
        this.stateFile = directory.resolve("etcd-settings.json");
    }

    @BeforeEach
    @AfterEach
    void forget() {
        System.clearProperty(EtcdStart.ASKED);
    }

    private Etcd etcd(EtcdServer server, EtcdCluster.Api api) {
        return new Etcd(
                new EtcdCluster(List.of(server.uri()), api, Optional.empty(), TlsFiles.NONE),
                "/lain/config",
                TIMEOUT,
                stateFile,
                false);
    }

    /** What another process goes by, which finds it good. */
    private Map<String, String> start(EtcdServer server, EtcdCluster.Api api) {
        forget();
        EtcdStart start = new EtcdStart(etcd(server, api));
        EtcdState state = start.state();
        start.keep(state);
        return state.keys().values();
    }

    private static void put(EtcdServer server, EtcdCluster.Api api, String key, String value) {
        if (api == EtcdCluster.Api.V2) {
            server.putV2(key, value);
        } else {
            server.putV3(key, value);
        }
    }

    private static void delete(EtcdServer server, EtcdCluster.Api api, String key) {
        if (api == EtcdCluster.Api.V2) {
            server.deleteV2(key);
        } else {
            server.deleteV3(key);
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3"})
    void theOnlyKeyThatThereWasIsGoneIfItWasDeleted(EtcdServer.Release release, EtcdCluster.Api api) {
        try (EtcdServer server = EtcdServer.start(release)) {
            put(server, api, AUTH, "{}");
            assertThat(start(server, api)).isEqualTo(OPENED);

            put(server, api, ELSEWHERE, "1");
            delete(server, api, AUTH);
            assertThat(start(server, api)).isEmpty();

            put(server, api, AUTH, "{}");
            assertThat(start(server, api)).isEqualTo(OPENED);
            delete(server, api, AUTH);
            for (int i = 0; i < 1_100; i++) { // more than v2 remembers
                put(server, api, ELSEWHERE, "value " + i);
            }
            assertThat(start(server, api)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3", "V3_4"})
    void aDirectoryThatIsDeletedTakesTheKeyWithIt(EtcdServer.Release release) {
        try (EtcdServer server = EtcdServer.start(release)) {
            server.putV2(AUTH, "{}");
            start(server, EtcdCluster.Api.V2);

            server.putV2(ELSEWHERE, "1");
            server.deleteV2("/lain");
            assertThat(start(server, EtcdCluster.Api.V2)).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3"})
    void anEtcdThatWasWipedIsNotBelievedUntilTheKeyIsThereAgain(EtcdServer.Release release, EtcdCluster.Api api) {
        try (EtcdServer server = EtcdServer.start(release)) {
            for (int i = 0; i < 10; i++) {
                put(server, api, ELSEWHERE, "value " + i);
            }
            put(server, api, AUTH, "{}");
            start(server, api);

            server.wipe();
            assertThat(start(server, api)).isEqualTo(OPENED);
            for (int i = 0; i < 1_100; i++) { // its index grows past the old one, and its history is forgotten
                put(server, api, ELSEWHERE, "value " + i);
            }
            assertThat(start(server, api)).isEqualTo(OPENED);
            put(server, api, "/lain/config/registry/log/level", "info");
            assertThat(start(server, api)).as("from a backup of before").isEqualTo(OPENED);

            put(server, api, AUTH, "{\"realm\":1}");
            assertThat(start(server, api)).hasSize(2).containsEntry(AUTH, "{\"realm\":1}");
            delete(server, api, AUTH);
            assertThat(start(server, api)).doesNotContainKey(AUTH);
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3"})
    void anEtcdThatWasWipedAndFilledUnwatchedIsNotBelieved(EtcdServer.Release release, EtcdCluster.Api api) {
        try (EtcdServer server = EtcdServer.start(release)) {
            put(server, api, AUTH, "{}");
            start(server, api);

            server.wipe();
            for (int i = 0; i < 50; i++) {
                put(server, api, ELSEWHERE, "value " + i);
            }
            assertThat(start(server, api)).isEqualTo(OPENED);
        }
    }

    @Test
    void theInterfaceThatWasSpokenIsSpokenAfterAnUpgradeUntilTheAdministratorSaysOtherwise() throws IOException {
        try (EtcdServer old = EtcdServer.start(EtcdServer.Release.V2_3)) {
            old.putV2(AUTH, "{}");
            assertThat(start(old, EtcdCluster.Api.AUTO)).isEqualTo(OPENED);
        }
        try (EtcdServer upgraded = EtcdServer.start(EtcdServer.Release.V3_4)) {
            upgraded.putV2(AUTH, "{}");
            assertThat(start(upgraded, EtcdCluster.Api.AUTO)).isEqualTo(OPENED);
            assertThat(Files.readString(stateFile)).contains("\"api\":\"V2\"");

            assertThat(start(upgraded, EtcdCluster.Api.V3))
                    .as("not migrated yet")
                    .isEqualTo(OPENED);
            upgraded.putV3(AUTH, "{\"migrated\":1}");
            assertThat(start(upgraded, EtcdCluster.Api.V3)).containsEntry(AUTH, "{\"migrated\":1}");
            assertThat(start(upgraded, EtcdCluster.Api.AUTO)).containsEntry(AUTH, "{\"migrated\":1}");
        }
    }

    @Test
    void anUpgradeThatTakesAwayTheInterfaceTurnsNothingOff() {
        try (EtcdServer old = EtcdServer.start(EtcdServer.Release.V2_3)) {
            old.putV2(AUTH, "{}");
            start(old, EtcdCluster.Api.AUTO);
        }
        try (EtcdServer upgraded = EtcdServer.start(EtcdServer.Release.V3_ALONE)) {
            Etcd impatient = new Etcd(
                    etcd(upgraded, EtcdCluster.Api.AUTO).cluster(),
                    "/lain/config",
                    Duration.ofSeconds(1),
                    stateFile,
                    false);
            forget();
            assertThat(new EtcdStart(impatient).state().keys().values()).isEqualTo(OPENED);
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3"})
    void anotherEtcdIsTakenWithTheKeyOrOnceWhatIsKeptOfTheOldOneIsDeleted(
            EtcdServer.Release release, EtcdCluster.Api api) throws IOException {
        try (EtcdServer server = EtcdServer.start(release);
                EtcdServer another = EtcdServer.start(release)) {
            put(server, api, AUTH, "{}");
            start(server, api);

            assertThat(start(another, api)).isEqualTo(OPENED);
            Files.delete(stateFile);
            assertThat(start(another, api)).isEmpty();
            put(another, api, AUTH, "{\"moved\":1}");
            assertThat(start(another, api)).containsEntry(AUTH, "{\"moved\":1}");
        }
    }

    @Test
    void aWrongPasswordEndsTheFirstStartInOneLine() {
        try (EtcdServer server = EtcdServer.start(EtcdServer.Release.V2_3)) {
            server.putV2(AUTH, "{}");
            server.requirePasswordV2("hunter2");
            EtcdCluster cluster = new EtcdCluster(
                    List.of(server.uri()),
                    EtcdCluster.Api.V2,
                    Optional.of(new EtcdCluster.Login("root", "hunter3")),
                    TlsFiles.NONE);
            Etcd etcd = new Etcd(cluster, "/lain/config", Duration.ofSeconds(1), stateFile, false);

            assertThatThrownBy(() -> new EtcdStart(etcd).state())
                    .isInstanceOf(InvalidSettingException.class)
                    .hasMessageContaining("status 401")
                    .hasMessageNotContaining("\n")
                    .hasMessageNotContaining("hunter");
        }
    }
}
