package com.laincloud.registry.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.oci.Digest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A repository is deleted without a registry. */
@ExtendWith(TemporaryDatabase.Extension.class)
class DeleteCommandTest {

    private final TemporaryDatabase database;
    private final IndexedManifests manifests;
    private final List<String> told = new ArrayList<>();

    DeleteCommandTest(TemporaryDatabase database) {
        this.database = database;
        this.manifests = new IndexedManifests(database);
    }

    private void delete(Settings settings, String repository) {
        assertThat(new DeleteCommand(settings, told::add).run(List.of(repository)))
                .isTrue();
    }

    private void tag(String repository, String tag, Digest digest) {
        database.sql("""
                select add_tag(repository_id, '%s', m.id) from manifest m join repository r on r.id = repository_id
                where r.name = '%s' and digest = '%s'""".formatted(tag, repository, digest));
    }

    @Test
    void allOfItGoesWithAnEventEachAndCanBeRestored() {
        Digest image = manifests.add("team/web", "image");
        Digest index = manifests.add("team/web", "index");
        database.sql("""
                insert into manifest_reference (parent_id, child_id)
                select p.id, c.id from manifest p, manifest c where p.digest = '%s' and c.digest = '%s'""".formatted(index, image));
        tag("team/web", "a", image);
        tag("team/web", "b", index);
        tag("team/worker", "a", manifests.add("team/worker", "image"));

        delete(manifests.settings(), "team/web");

        assertThat(told).containsExactly("team/web is deleted; its blobs go with the next collection");
        assertThat(manifests.tags()).containsExactly("team/worker:a|" + image);
        assertThat(database.sql("select r.name from manifest m join repository r on r.id = m.repository_id"))
                .containsExactly("team/worker");
        assertThat(database.sql("select action, repository, tag, digest, auth_method from event order by id"))
                .containsExactly(
                        "tag.delete|team/web|a|" + image + "|command",
                        "tag.delete|team/web|b|" + index + "|command",
                        "manifest.delete|team/web|null|" + index + "|command",
                        "manifest.delete|team/web|null|" + image + "|command");
        assertThat(database.sql("select count(*), count(distinct repository) from audit.restorable"))
                .containsExactly("4|1");
        assertThat(database.sql("select count(distinct request_id) from event")).containsExactly("1");
    }

    @Test
    void whatCannotBeDeletedIsRefused() {
        manifests.add("team/web", "image");
        assertThatThrownBy(() -> delete(manifests.settings(), "team/other")).hasMessage("NAME_UNKNOWN: team/other");
        assertThatThrownBy(() -> delete(manifests.settings(), "Team")).hasMessageStartingWith("NAME_INVALID: Team");
        assertThatThrownBy(() -> delete(manifests.settings("storage.maintenance.readonly.enabled", "true"), "team/web"))
                .hasMessage("storage.maintenance.readonly.enabled: nothing may be changed");
        database.sql("insert into adoption (verifies) values (false)");
        assertThatThrownBy(() -> delete(manifests.settings(), "team/web"))
                .hasMessageContaining("an import is not finished");
        assertThat(database.sql("select count(*) from manifest")).containsExactly("1");
    }
}
