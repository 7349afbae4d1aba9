package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import org.junit.jupiter.api.Test;

/** The page of all settings is what the tables say; where it is not, the right one is left in {@code target}. */
class SettingDocumentTest {

    private static final Path PAGE = Path.of("src/main/resources/com/laincloud/registry/config/README.md");
    private static final Path RIGHT = Path.of("target/settings.md");

    @Test
    void thePageListsEveryKeyAsTheTablesHaveIt() throws IOException {
        String right = SettingDocument.markdown();
        Files.writeString(RIGHT, right);

        assertThat(PAGE).as("copy %s over it", RIGHT).hasContent(right);
    }

    @Test
    void everyKeySaysItsTypeAndWhenAChangeTakesEffect() {
        assertThat(KeyTable.HONOURED.keys()).allSatisfy(key -> {
            assertThat(key.note()).as(key.name()).isNotBlank().doesNotContain("live]", "restart]");
            assertThat(key.note()).as(key.name()).matches("[A-Z].*");
        });
        assertThat(KeyTable.lines("/META-INF/microprofile-config.properties").stream()
                        .filter(line -> line.contains(", live] ") || line.contains(", restart] ")))
                .hasSameSizeAs(KeyTable.HONOURED.keys());
    }

    @Test
    void theTableIsReadAsMicroProfileReadsIt() throws IOException {
        Properties properties = new Properties();
        try (var in = KeyTable.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            properties.load(in);
        }
        properties.remove("mp.config.cache.duration");

        assertThat(properties).hasSameSizeAs(KeyTable.HONOURED.keys());
        assertThat(KeyTable.HONOURED.keys())
                .allSatisfy(key -> assertThat(properties.getProperty("registry." + key.name()))
                        .isEqualTo(key.defaultValue()));
    }

    @Test
    void noKeyIsBothHonouredAndNot() {
        assertThat(KeyTable.HONOURED.keys())
                .allSatisfy(key -> assertThat(Unsupported.KEYS.reasons()).doesNotContainKey(key.name()));
    }
}
