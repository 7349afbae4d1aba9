package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DatabaseAddressTest {

    /** Each new connection asks for it: a file of another setting that was moved is none of its business. */
    @Test
    void onlyTheSettingsOfTheDatabaseAreRead() {
        SettingValues values = new SettingValues() {

            @Override
            public Optional<Setting> find(String key) {
                assertThat(key).startsWith("database.");
                return Optional.of(new Setting(key, "value of " + key, "a test", 1));
            }

            @Override
            public List<Setting> configured() {
                throw new AssertionError("all settings are read");
            }
        };

        DatabaseAddress address = DatabaseAddress.read(values);

        assertThat(address.url()).contains("value of database.url");
        assertThat(address.account().password()).contains("value of database.password");
        assertThat(address.owner().username()).contains("value of database.owner.username");
        assertThat(address).asString().doesNotContain("password");
    }
}
