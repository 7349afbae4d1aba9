package com.laincloud.registry.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.lifecycle.DatabaseFacts.Durability;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurabilityTest {

    @ParameterizedTest
    @CsvSource({
        "'',        on,           false",
        "ANY 1 (*), on,           true",
        "ANY 1 (*), remote_apply, true",
        "ANY 1 (*), local,        false",
        "ANY 1 (*), off,          false",
    })
    void aFailoverLosesNothingWhereCommitsWaitForAStandby(String standbys, String commit, boolean survives) {
        Durability durability = new Durability(standbys, commit);

        assertThat(durability.survivesFailover()).isEqualTo(survives);
        assertThat(durability.sentence())
                .contains(survives ? "loses nothing" : "can lose the last", "'" + standbys + "'", commit);
    }
}
