package com.laincloud.registry.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.it.EtcdServer;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A real etcd: what is read, what a wait returns for, and who is let in. */
class EtcdClientIT {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final List<String> ROOTS = List.of("/lain/config/auth/registry", "/lain/config/registry");

    private final Path directory;

    EtcdClientIT(@TempDir Path directory) {
        this.directory = directory;
    }

    private static EtcdClient client(EtcdServer server, EtcdCluster.Api api, TlsFiles tls, EtcdCluster.Login... login) {
        // one that refuses comes first: the next one is asked
        List<URI> endpoints = List.of(URI.create(server.uri().getScheme() + "://127.0.0.1:1"), server.uri());
        return new EtcdCluster(endpoints, api, List.of(login).stream().findFirst(), tls).connect(LIMIT);
    }

    private static void put(EtcdServer server, EtcdCluster.Api api, String key, String value) {
        if (api == EtcdCluster.Api.V2) {
            server.putV2(key, value);
        } else {
            server.putV3(key, value);
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V2_3, AUTO", "V3_4, V2", "V3_4, V3", "V3_4, AUTO", "V3_ALONE, AUTO"})
    void whatLiesAtAndBeneathTheRootsIsReadAndAChangeThereEndsAWait(
            EtcdServer.Release release, EtcdCluster.Api spoken) {
        EtcdCluster.Api api = release == EtcdServer.Release.V2_3 ? EtcdCluster.Api.V2 : spoken;
        try (EtcdServer server = EtcdServer.start(release);
                EtcdClient client = client(server, spoken, TlsFiles.NONE)) {
            assertThat(client.read(ROOTS, LIMIT).values()).isEmpty();

            put(server, api, "/lain/config/registry/log/level", "debug ä");
            put(server, api, "/lain/config/registry_ip_whitelist", "no business of ours");
            put(server, api, "/lain/config/auth/registry", "{}");
            EtcdKeys keys = client.read(ROOTS, LIMIT);
            assertThat(keys.values())
                    .isEqualTo(
                            Map.of("/lain/config/auth/registry", "{}", "/lain/config/registry/log/level", "debug ä"));

            Instant began = Instant.now();
            put(server, api, "/lain/config/registry/log/level", "info");
            assertThat(client.awaitChange(ROOTS, keys.index(), Duration.ofMinutes(1)))
                    .as("before the wait, and after the read")
                    .isTrue();
            assertThat(Duration.between(began, Instant.now())).isLessThan(LIMIT);

            EtcdKeys later = client.read(ROOTS, LIMIT);
            assertThat(later.values()).containsEntry("/lain/config/registry/log/level", "info");
            assertThat(later.store()).isEqualTo(keys.store());
            assertThat(later.store().api()).isEqualTo(api == EtcdCluster.Api.V2 ? api : EtcdCluster.Api.V3);
            assertThat(client.awaitChange(ROOTS, later.index(), Duration.ofMillis(200)))
                    .as("nothing happens")
                    .isFalse();
        }
    }

    /** A recursive look into etcd 2's history would overlook what is not the first thing in it. */
    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3"})
    void aChangeOfTheRootItselfIsNoticedAmongOthersThatHaveHappened(EtcdServer.Release release, EtcdCluster.Api api) {
        try (EtcdServer server = EtcdServer.start(release);
                EtcdClient client = client(server, api, TlsFiles.NONE)) {
            put(server, api, ROOTS.getFirst(), "{}");
            long index = client.read(ROOTS, LIMIT).index();
            put(server, api, "/lain/config/elsewhere", "1");
            put(server, api, ROOTS.getFirst() + "2", "no business of ours");
            assertThat(client.awaitChange(ROOTS, index, Duration.ofMillis(500))).isFalse();
            if (api == EtcdCluster.Api.V2) {
                server.deleteV2(ROOTS.getFirst());
            } else {
                server.deleteV3(ROOTS.getFirst());
            }

            Instant began = Instant.now();
            assertThat(client.awaitChange(ROOTS, index, Duration.ofMinutes(1))).isTrue();
            assertThat(Duration.between(began, Instant.now())).isLessThan(LIMIT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V2_3", "V3_4"})
    void aDirectoryWithNothingInItIsThere(EtcdServer.Release release) {
        try (EtcdServer server = EtcdServer.start(release);
                EtcdClient client = client(server, EtcdCluster.Api.V2, TlsFiles.NONE)) {
            server.makeDirectoryV2(ROOTS.getFirst());

            EtcdKeys keys = client.read(ROOTS, LIMIT);
            assertThat(keys.values()).isEqualTo(Map.of(ROOTS.getFirst() + "/", ""));
        }
    }

    @Test
    void anEtcdWithoutV2IsNoEmptyOne() {
        try (EtcdServer server = EtcdServer.start(EtcdServer.Release.V3_ALONE);
                EtcdClient client = client(server, EtcdCluster.Api.V2, TlsFiles.NONE)) {
            assertThatThrownBy(() -> client.read(ROOTS, LIMIT))
                    .isInstanceOf(EtcdException.class)
                    .hasMessageContaining("set etcd.api to v3");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"V2_3", "V3_4"})
    void thatEtcdHasForgottenTheIndexEndsAWait(EtcdServer.Release release) {
        try (EtcdServer server = EtcdServer.start(release);
                EtcdClient client = client(server, EtcdCluster.Api.V2, TlsFiles.NONE)) {
            server.putV2("/lain/config/registry/log/level", "info");
            long index = client.read(ROOTS, LIMIT).index();
            for (int i = 0; i < 1100; i++) { // it remembers a thousand
                server.putV2("/lain/config/elsewhere", "value " + i);
            }

            Instant began = Instant.now();
            assertThat(client.awaitChange(ROOTS, index, Duration.ofMinutes(1))).isTrue();
            assertThat(Duration.between(began, Instant.now())).isLessThan(LIMIT);
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3", "V3_4, AUTO"})
    void overTlsEachSideShowsWhoItIs(EtcdServer.Release release, EtcdCluster.Api api) throws Exception {
        TlsFiles files = SelfSigned.in(directory, "etcd");
        TlsFiles stranger = SelfSigned.in(directory, "stranger");
        try (EtcdServer server = EtcdServer.startWithTls(release, files)) {
            put(server, api, "/lain/config/registry/log/level", "info");
            try (EtcdClient client = client(server, api, files)) {
                assertThat(client.read(ROOTS, LIMIT).values()).hasSize(1);
            }
            for (TlsFiles wrong : List.of(
                    stranger,
                    new TlsFiles(files.ca(), stranger.certificate(), stranger.key()),
                    new TlsFiles(files.ca(), Optional.empty(), Optional.empty()))) {
                assertThatThrownBy(() -> {
                            try (EtcdClient client = client(server, api, wrong)) {
                                client.read(ROOTS, Duration.ofSeconds(2));
                            }
                        })
                        .isInstanceOf(EtcdException.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"V2_3, V2", "V3_4, V2", "V3_4, V3"})
    void theRightPasswordLetsInAndAWrongOneIsRefusedInOneLine(EtcdServer.Release release, EtcdCluster.Api api) {
        try (EtcdServer server = EtcdServer.start(release)) {
            put(server, api, "/lain/config/registry/log/level", "info");
            if (api == EtcdCluster.Api.V2) {
                server.requirePasswordV2("hunter2");
            } else {
                server.requirePasswordV3("hunter2");
            }
            try (EtcdClient client = client(server, api, TlsFiles.NONE, new EtcdCluster.Login("root", "hunter2"))) {
                EtcdKeys keys = client.read(ROOTS, LIMIT);
                assertThat(keys.values()).hasSize(1);
                assertThat(client.awaitChange(ROOTS, 1, LIMIT)).isTrue();
            }
            for (EtcdCluster.Login[] wrong : new EtcdCluster.Login[][] {
                {new EtcdCluster.Login("root", "hunter3")}, {new EtcdCluster.Login("stranger", "hunter2")}, {}
            }) {
                try (EtcdClient client = client(server, api, TlsFiles.NONE, wrong)) {
                    assertThatThrownBy(() -> client.read(ROOTS, Duration.ofSeconds(5)))
                            .isInstanceOf(EtcdException.class)
                            .hasMessageContaining(server.uri().toString())
                            .hasMessageNotContaining("hunter")
                            .hasMessageNotContaining("\n");
                }
            }
        }
    }
}
