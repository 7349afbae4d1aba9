package com.laincloud.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteVariablesTest {

    @ParameterizedTest
    @CsvSource({
        "/v2/a/b/manifests/v1,        a/b,        reference, v1",
        "/v2/a/blobs/sha256:0,        a,          digest,    sha256:0",
        "/v2/a/blobs/uploads/7,       a,          uuid,      7",
        "/v2/a/referrers/sha256:0,    a,          digest,    sha256:0",
        "/v2/blobs/manifests/v1,      blobs,      reference, v1",
        "/v2/manifests/manifests/v1,  manifests,  reference, v1",
    })
    void aPathNamesItsRepositoryAndWhatIsAskedOfIt(String path, String name, String variable, String value) {
        assertThat(RouteVariables.of(path)).isEqualTo(Map.of("name", name, variable, value));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v2/a/blobs/uploads/", "/v2/a/tags/list", "/v2/a/_oci/tags/history"})
    void aPathThatEndsWithTheRouteNamesTheRepositoryAlone(String path) {
        assertThat(RouteVariables.of(path)).isEqualTo(Map.of("name", "a"));
    }

    @Test
    void otherPathsNameNothing() {
        for (String path : new String[] {"", "/", "/v2/", "/v2/_catalog", "/health", "/v2/manifests/", "/x/blobs/y"}) {
            assertThat(RouteVariables.of(path)).isEmpty();
        }
    }
}
