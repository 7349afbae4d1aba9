package com.laincloud.registry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A release without a registry. */
@ExtendWith(TemporaryDatabase.Extension.class)
class ReleaseCommandTest {

    private final TemporaryDatabase database;
    private final IndexedManifests manifests;
    private final Path file;
    private Digest first;
    private Digest second;

    ReleaseCommandTest(TemporaryDatabase database, @TempDir Path directory) {
        this.database = database;
        this.manifests = new IndexedManifests(database);
        this.file = directory.resolve("release");
    }

    @BeforeEach
    void push() {
        first = manifests.add("team/web", "first");
        second = manifests.add("team/web", "second");
    }

    private List<String> release(Settings settings, String... lines) {
        List<String> told = new ArrayList<>();
        try {
            Files.write(file, List.of(lines));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        assertThat(new ReleaseCommand(settings, told::add).run(List.of(file.toString())))
                .isTrue();
        return told;
    }

    private List<String> release(String... lines) {
        return release(manifests.settings(), lines);
    }

    @Test
    void tagsMoveAndWhatIsToldTakesThatBack() {
        Digest worker = manifests.add("team/worker", "worker");
        assertThat(release("team/web stable " + first + " -", "team/worker stable " + worker))
                .containsExactly("# team/web stable is new", "# team/worker stable is new");

        List<String> back = release("team/web stable " + second + " " + first, "team/worker stable " + worker);
        assertThat(back).containsExactly("team/web stable " + first + " " + second);
        assertThat(manifests.tags()).containsExactly("team/web:stable|" + second, "team/worker:stable|" + worker);

        assertThat(release(back.toArray(String[]::new))).containsExactly("team/web stable " + second + " " + first);
        assertThat(manifests.tags()).contains("team/web:stable|" + first);
        assertThat(release(back.toArray(String[]::new))).isEmpty();
    }

    @Test
    void eachMoveIsRecordedWithWhoRanTheCommand() {
        release("team/web stable " + first, "team/web latest " + first);
        release("team/web stable " + second);

        String user = System.getProperty("user.name");
        assertThat(database.sql("""
                        select tag, digest, previous_digest, actor, auth_method from event
                        where action = 'tag.release' order by id"""))
                .containsExactly(
                        "latest|" + first + "|null|" + user + "|command",
                        "stable|" + first + "|null|" + user + "|command",
                        "stable|" + second + "|" + first + "|" + user + "|command");
        assertThat(database.sql("select count(distinct request_id) from event")).containsExactly("2");
    }

    @Test
    void whereATagIsNotAsExpectedItIsNamedAndNoneMoves() {
        release("team/web stable " + first);
        for (String line : List.of("stable " + second + " " + second, "stable " + second + " -")) {
            assertThatThrownBy(() -> release("team/web a " + first, "team/web " + line))
                    .hasMessage("PRECONDITION_FAILED: team/web: stable is " + first);
        }
        assertThatThrownBy(() -> release("team/web a " + first, "team/web b " + second + " " + first))
                .hasMessage("PRECONDITION_FAILED: team/web: b is not there");
        assertThat(manifests.tags()).containsExactly("team/web:stable|" + first);
        assertThat(database.sql("select tag from event")).containsExactly("stable");
    }

    @Test
    void anImmutableTagStays() {
        Settings immutable = manifests.settings("retention.rules", "[{immutable: [v*]}]");
        release(immutable, "team/web v1 " + first);
        assertThatThrownBy(() -> release(immutable, "team/web a " + first, "team/web v1 " + second))
                .hasMessageStartingWith("TAG_IMMUTABLE: team/web: v1 names " + first);
        assertThat(manifests.tags()).containsExactly("team/web:v1|" + first);
    }

    @Test
    void whatCannotBeReleasedIsRefused() {
        assertThatThrownBy(() -> release(
                        manifests.settings("storage.maintenance.readonly.enabled", "true"), "team/web stable " + first))
                .hasMessage("storage.maintenance.readonly.enabled: nothing may be changed");
        assertThatThrownBy(() -> release("team/web stable")).hasMessageContaining("line 1: has 2 words");
        assertThatThrownBy(() -> release("team/other stable " + first)).hasMessage("NAME_UNKNOWN: team/other");
        assertThatThrownBy(() -> release("#".repeat(1 << 20))).hasMessage("a release may have 1048576 bytes");
        assertThatThrownBy(() -> new ReleaseCommand(manifests.settings(), line -> {}).run(List.of(file + ".missing")))
                .hasMessageContaining(".missing: cannot be read: java.nio.file.NoSuchFileException");
        database.sql("insert into adoption (verifies) values (false)");
        assertThatThrownBy(() -> release("team/web stable " + first)).hasMessageContaining("an import is not finished");
        assertThat(manifests.tags()).isEmpty();
    }
}
