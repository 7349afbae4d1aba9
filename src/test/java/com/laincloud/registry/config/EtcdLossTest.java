package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.EtcdKeys;
import com.laincloud.registry.etcd.EtcdStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which keys that are gone were deleted, and which are lost. */
class EtcdLossTest {

    private static final String AUTH = "/lain/config/auth/registry";
    private static final String LEVEL = "/lain/config/registry/log/level";
    private static final Etcd ETCD = EtcdTreeTest.etcd(Path.of("state"), Duration.ofSeconds(1), false);
    private static final EtcdStore STORE = new EtcdStore(EtcdCluster.Api.V2, "cluster");

    private static EtcdKeys keys(EtcdStore store, long index, String... names) {
        return new EtcdKeys(
                List.of(names).stream().collect(Collectors.toMap(name -> name, name -> "{}")), index, store);
    }

    private static Optional<String> reason(EtcdKeys last, EtcdKeys now, boolean haveChanged) {
        return EtcdLoss.reason(ETCD, last, now, roots -> haveChanged);
    }

    @Test
    void theOnlyKeyThatThereIsMayBeDeleted() {
        assertThat(reason(keys(STORE, 7, AUTH), keys(STORE, 8), true)).isEmpty();
        assertThat(reason(keys(STORE, 7, AUTH, LEVEL), keys(STORE, 8, LEVEL), true))
                .isEmpty();
        assertThat(reason(keys(STORE, 7, LEVEL), keys(STORE, 8), true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "V3, cluster, 8, true, it is not the one that had them",
        "V2, another, 8, true, it is not the one that had them",
        "V2, '',      8, true, it is not the one that had them",
        "V2, cluster, 7, true, its index was 7 and is 7",
        "V2, cluster, 3, true, its index was 7 and is 3",
        "V2, cluster, 8, false, it knows of no deletion",
    })
    void ofAnythingButTheSameEtcdThatKnowsOfItLossIsAssumed(
            EtcdCluster.Api api, String cluster, long index, boolean haveChanged, String reason) {
        EtcdStore store = new EtcdStore(api, cluster);

        assertThat(reason(keys(STORE, 7, AUTH), keys(store, index), haveChanged))
                .contains(reason);
        assertThat(reason(keys(STORE, 7, AUTH), keys(store, index, LEVEL), haveChanged))
                .as("restored from a backup of before")
                .contains(reason);
        assertThat(reason(keys(STORE, 7, LEVEL), keys(store, index), haveChanged))
                .contains(reason);
        assertThat(reason(keys(STORE, 7, AUTH), keys(store, index, AUTH + "/"), haveChanged))
                .as("an empty directory")
                .contains(reason);
    }

    @Test
    void anEtcdThatIsTrustedNoMoreHasToHaveKeysToBeBelieved() {
        EtcdKeys lost = new EtcdState("/lain/config", Instant.now(), keys(STORE, 7, AUTH))
                .ofLostStore()
                .keys();

        assertThat(reason(lost, keys(STORE, 9_000), true)).isPresent();
        assertThat(reason(lost, keys(lost.store(), 9_000), true)).isPresent();
        assertThat(reason(lost, keys(STORE, 3, AUTH), false)).isEmpty();
    }

    @Test
    void whereNothingIsGoneAnyEtcdIsBelieved() {
        EtcdStore another = new EtcdStore(EtcdCluster.Api.V3, "another");

        assertThat(reason(keys(STORE, 7, AUTH), keys(another, 3, AUTH, LEVEL), false))
                .isEmpty();
        assertThat(reason(keys(STORE, 7), keys(another, 3), false)).isEmpty();
    }

    @Test
    void whereAnyKeyIsGoneAnotherEtcdIsNotBelieved() {
        EtcdStore another = new EtcdStore(EtcdCluster.Api.V3, "another");

        assertThat(reason(keys(STORE, 7, AUTH, LEVEL), keys(another, 3, AUTH), false))
                .isPresent();
        assertThat(reason(keys(STORE, 7, LEVEL), keys(another, 3, AUTH), false)).isPresent();
    }
}
