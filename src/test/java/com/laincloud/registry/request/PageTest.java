package com.laincloud.registry.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    @Test
    void withoutParametersEverythingIsAskedFor() {
        Page page = Page.of(null, null);

        assertThat(page.last()).isEmpty();
        assertThat(page.isLimited()).isFalse();
        assertThat(page.andOneMore()).isEqualTo(page);
    }

    @Test
    void aLimitAsksForOneMoreToSeeWhetherAnotherPageFollows() {
        assertThat(Page.of("10", "b").andOneMore()).isEqualTo(new Page("b", 11));
    }

    @Test
    void aNumberTooLargeForAnythingIsNoLimit() {
        assertThat(Page.of("99999999999999999999", null).isLimited()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "ten", "1.5", "0x10", " 1", "١"})
    void whatIsNoNumberIsRefused(String n) {
        assertThatThrownBy(() -> Page.of(n, null))
                .isInstanceOfSatisfying(
                        RegistryException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.PAGINATION_NUMBER_INVALID));
    }

    @Test
    void whatFollowsANulInTheLastEntryChangesNothing() {
        assertThat(Page.of(null, "a\0b").last()).isEqualTo("a");
        assertThat(Page.of(null, "\0").last()).isEmpty();
    }
}
