package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a client gets done that also lists and deletes. */
interface ManagingClientContract extends LayoutClientContract {

    /** The tags of a repository, called by its name with the registry's. */
    List<String> tags(String repository);

    /** Deletes {@code image} of the registry. */
    void delete(String image);

    @Test
    default void tagsAreListedAndDeleted() {
        Workplace workplace = workplace();
        String repository = workplace.repository("tags");
        String address = workplace.server().authority() + "/" + repository;
        for (int i = 0; i < 3; i++) {
            ImageLayout layout = new ImageLayout(workplace.directory().resolve("sent-" + i));
            layout.tag(
                    "tag",
                    layout.addImage(
                            "amd64",
                            List.of(new LayerArchive().noise("n", i, 100).toTar())));
            push(layout, "tag", workplace.image("tags", "v" + i));
        }
        assertThat(tags(address)).containsExactly("v0", "v1", "v2");

        delete(workplace.image("tags", "v1"));

        assertThat(tags(address)).containsExactly("v0", "v2");
        RegistryClient.expect(404, workplace.registry().get("/v2/" + repository + "/manifests/v1"));
        RegistryImage.pull(workplace.registry(), repository, "v0");
        RegistryImage.pull(workplace.registry(), repository, "v2");
    }
}
