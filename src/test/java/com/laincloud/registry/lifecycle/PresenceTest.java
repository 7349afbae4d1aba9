package com.laincloud.registry.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.database.TemporaryDatabase;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the database knows of the instances that use it. */
@ExtendWith(TemporaryDatabase.Extension.class)
class PresenceTest {

    private final TemporaryDatabase database;
    private final Map<String, String> settings = new TreeMap<>(Map.of("tags.maxtags", "100", "log.level", "info"));
    private final Presence first;
    private final Presence second;

    PresenceTest(TemporaryDatabase database) {
        this.database = database;
        this.first = new Presence(database.connections(), () -> Map.copyOf(settings), "0.1.0");
        this.second =
                new Presence(database.connections(), () -> Map.of("tags.maxtags", "100", "log.level", "info"), "0.2.0");
    }

    @BeforeEach
    void begin() {
        first.tell();
        second.tell();
    }

    private List<String> seen(String sql) {
        return TemporaryDatabase.sql(database.auditor(), sql);
    }

    private List<String> alive() {
        return seen("select version from instance where alive order by version");
    }

    @Test
    void anInstanceIsThereUntilItEndsOrIsNotSeenForHalfAMinute() {
        assertThat(alive()).containsExactly("0.1.0", "0.2.0");

        second.end();
        assertThat(seen("select version from instance")).containsExactly("0.1.0");

        database.sql("update instance set seen_at = now() - interval '31 seconds'");
        assertThat(alive()).isEmpty();
        first.tell();
        assertThat(alive()).containsExactly("0.1.0");
    }

    @Test
    void anInstanceThatEndedWithoutAWordIsForgottenAfterADay() {
        database.sql("update instance set seen_at = now() - interval '23 hours' where version = '0.2.0'");
        first.tell();
        assertThat(seen("select alive from instance where version = '0.2.0'")).containsExactly("f");

        database.sql("update instance set seen_at = now() - interval '25 hours' where version = '0.2.0'");
        first.tell();
        assertThat(seen("select version from instance")).containsExactly("0.1.0");
    }

    @Test
    void settingsThatAreNotTheSameOnAllThatAreAliveAreListed() {
        assertThat(seen("select count(distinct settings_hash) from instance")).containsExactly("1");
        assertThat(seen("select * from instance_difference")).isEmpty();

        settings.put("tags.maxtags", "10");
        settings.put("quota.rules", "[]");
        first.tell();
        assertThat(seen("select count(distinct settings_hash) from instance")).containsExactly("2");
        assertThat(seen("select key, version, coalesce(value, 'unknown') from instance_difference d"
                        + " join instance i on i.id = d.instance order by key, version"))
                .containsExactly(
                        "quota.rules|0.1.0|[]",
                        "quota.rules|0.2.0|unknown",
                        "tags.maxtags|0.1.0|10",
                        "tags.maxtags|0.2.0|100");

        database.sql("update instance set seen_at = now() - interval '31 seconds' where version = '0.2.0'");
        assertThat(seen("select * from instance_difference")).isEmpty();
    }
}
