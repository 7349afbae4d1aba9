package com.laincloud.registry.listener;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.oci.ErrorCode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "*",
                "/v2/",
                "/v2/a%2fb/tags/list",
                "/v2/a/../b/tags/list",
                "/v2/%C3%A9/tags/list",
                "/v2/\u00c3\u00a9/tags/list",
                "/v2/a;x=y/manifests/sha256:0",
                "http://registry.lain.local/v2/",
            })
    void whatCanBeReadIsLeftToTheApplication(String path) {
        assertThat(Address.fault(path, "n=%zz&last=%ff")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v2/%",
                "/v2/%0",
                "/v2/%zz/tags/list",
                "/v2/%%20",
                "/v2/a%00b",
                "/v2/a\u0000b",
                "/v2/a%0d%0aSet-Cookie:x",
                "/v2/a\\b",
                "/v2/a%5cb",
                "/v2/%ff%fe",
                "/v2/%c0%ae%c0%ae",
                "/v2/%ed%a0%80",
                "/..",
                "/v2/../../etc/passwd",
                "/v2/%2e%2e/%2e%2e/etc",
            })
    void whatIsNoPathIsNoName(String path) {
        assertThat(Address.fault(path, "")).hasValueSatisfying(fault -> {
            assertThat(fault.code()).isEqualTo(ErrorCode.NAME_INVALID);
            assertThat(fault.status()).isEqualTo(400);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"last=%00", "n=1&last=a%00b", "last=\u0000"})
    void noQueryHoldsANul(String query) {
        assertThat(Address.fault("/v2/_catalog", query))
                .hasValueSatisfying(fault -> assertThat(fault.status()).isEqualTo(400));
    }
}
