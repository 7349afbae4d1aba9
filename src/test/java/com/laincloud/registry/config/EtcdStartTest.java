package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.EtcdKeys;
import com.laincloud.registry.etcd.EtcdStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A start while etcd is away: the settings it told last, or none at all; never as if it had told that there are none. */
class EtcdStartTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final EtcdState STATE = new EtcdState(
            "/lain/config",
            Instant.EPOCH,
            new EtcdKeys(
                    Map.of("/lain/config/registry/log/level", "debug"),
                    7,
                    new EtcdStore(EtcdCluster.Api.V2, "cluster")));

    private final Path stateFile;

    EtcdStartTest(@TempDir Path directory) {
        this.stateFile = directory.resolve("not/yet/there/etcd-settings.json");
    }

    @BeforeEach
    @AfterEach
    void forget() {
        System.clearProperty(EtcdStart.ASKED);
    }

    @Test
    void anEtcdThatRefusesIsNoEmptyOne() throws IOException {
        Etcd refusing = EtcdTreeTest.etcd(stateFile, TIMEOUT, false, refusing());

        assertThatThrownBy(() -> new EtcdStart(refusing).state())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageStartingWith("etcd.endpoints: [http://127.0.0.1:")
                .hasMessageContaining("tells no settings within 1.0 s")
                .hasMessageContaining("none of an earlier start are kept in " + stateFile)
                .hasMessageNotContaining("\n");
    }

    @Test
    void anEtcdThatHangsCostsTheTimeOutOnceAndNoMore() throws IOException {
        try (ServerSocket silent = silent()) {
            Etcd hanging = EtcdTreeTest.etcd(stateFile, TIMEOUT, false, address(silent));
            Instant began = Instant.now();

            assertThatThrownBy(() -> new EtcdStart(hanging).state()).hasMessageContaining("no answer within");
            assertThatThrownBy(() -> new EtcdStart(hanging).state()).hasMessageContaining("a moment ago");
            assertThat(Duration.between(began, Instant.now())).isBetween(TIMEOUT, TIMEOUT.multipliedBy(2));
        }
    }

    @Test
    void whatEtcdToldLastIsGoodEnoughForAStartWithoutIt() throws IOException {
        Etcd refusing = EtcdTreeTest.etcd(stateFile, TIMEOUT, false, refusing());
        new EtcdStart(refusing).keep(STATE);
        forget(); // as another process

        assertThat(new EtcdStart(refusing).state()).isEqualTo(STATE);
    }

    @Test
    void whatWasToldAMomentAgoIsNotAskedForAgain() throws IOException {
        try (ServerSocket silent = silent()) {
            Etcd hanging = EtcdTreeTest.etcd(stateFile, Duration.ofMinutes(5), false, address(silent));
            new EtcdStart(hanging).keep(STATE);

            assertThat(new EtcdStart(hanging).state()).isEqualTo(STATE);
        }
    }

    @Test
    void whatIsKeptIsForTheOwnerAlone() throws IOException {
        new EtcdStart(EtcdTreeTest.etcd(stateFile, TIMEOUT, false, refusing())).keep(STATE);

        assertThat(Files.getPosixFilePermissions(stateFile)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        try (var files = Files.list(stateFile.getParent())) {
            assertThat(files).containsExactly(stateFile);
        }
    }

    @Test
    void whatIsKeptButDamagedRefusesTheStartWhateverEtcdSays() throws IOException {
        Etcd refusing = EtcdTreeTest.etcd(stateFile, TIMEOUT, false, refusing());
        new EtcdStart(refusing).keep(STATE);
        forget();
        Files.writeString(stateFile, Files.readString(stateFile).substring(0, 40));

        assertThatThrownBy(() -> new EtcdStart(refusing).state())
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining("etcd.statefile: " + stateFile);
    }

    @Test
    void whatIsKeptOfAnotherPrefixIsNothing() throws IOException {
        Etcd refusing = EtcdTreeTest.etcd(stateFile, TIMEOUT, false, refusing());
        new EtcdState("/other", Instant.now(), STATE.keys())
                .write(Files.createDirectories(stateFile.getParent()).resolve(stateFile.getFileName()));

        assertThatThrownBy(() -> new EtcdStart(refusing).state()).isInstanceOf(InvalidSettingException.class);
    }

    private static URI refusing() throws IOException {
        try (ServerSocket socket = silent()) {
            return address(socket); // closed before a client connects
        }
    }

    /** Accepts connections and says nothing. */
    private static ServerSocket silent() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static URI address(ServerSocket socket) {
        return URI.create("http://127.0.0.1:" + socket.getLocalPort());
    }
}
