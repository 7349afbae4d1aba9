package com.laincloud.registry.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PreconditionTest {

    private static final Digest CURRENT = Digest.of(DigestAlgorithm.SHA256, new byte[0]);
    private static final Digest OTHER = Digest.of(DigestAlgorithm.SHA256, new byte[1]);

    private static @Nullable String header(@Nullable String text) {
        return text == null
                ? null
                : text.replace("current", EntityTags.of(CURRENT)).replace("other", EntityTags.of(OTHER));
    }

    @ParameterizedTest
    @CsvSource({
        "       ,        , true, true",
        "current,        , true, false",
        "'other, current',, true, false",
        "*      ,        , true, false",
        "other  ,        , false, false",
        "''     ,        , false, false",
        "       , *      , false, true",
        "       , current, false, true",
        "       , other  , true, true",
        "       , ''     , true, true",
        "current, other  , true, false",
        "current, *      , false, false",
    })
    void itHoldsForWhatIsThereOrForWhatIsNot(
            @Nullable String ifMatch, @Nullable String ifNoneMatch, boolean ifCurrent, boolean ifAbsent) {
        Precondition precondition = new Precondition(header(ifMatch), header(ifNoneMatch));

        assertThat(holds(precondition, Optional.of(CURRENT))).isEqualTo(ifCurrent);
        assertThat(holds(precondition, Optional.empty())).isEqualTo(ifAbsent);
    }

    private static boolean holds(Precondition precondition, Optional<Digest> current) {
        try {
            precondition.require("it", current);
            return true;
        } catch (RegistryException e) {
            assertThat(e.code()).isEqualTo(ErrorCode.PRECONDITION_FAILED);
            return false;
        }
    }

    @Test
    void aRefusalSaysWhatIsThere() {
        Precondition precondition = new Precondition(EntityTags.of(OTHER), null);

        assertThatThrownBy(() -> precondition.require("latest", Optional.of(CURRENT)))
                .isInstanceOfSatisfying(RegistryException.class, e -> {
                    assertThat(e.headers()).containsEntry("ETag", EntityTags.of(CURRENT));
                    assertThat(e.detail()).hasValue("latest is " + CURRENT);
                });
        assertThatThrownBy(() -> precondition.require("latest", Optional.empty()))
                .isInstanceOfSatisfying(
                        RegistryException.class, e -> assertThat(e.headers()).isEmpty());
    }

    @Test
    void noneHoldsAlways() {
        assertThat(Precondition.NONE.isPresent()).isFalse();
        assertThatNoException().isThrownBy(() -> Precondition.NONE.require("it", Optional.of(CURRENT)));
    }
}
