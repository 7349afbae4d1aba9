package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedRegistryServer.class)
class CraneIT implements ManagingClientContract {

    private final Workplace workplace;
    private final CommandLineClient crane;

    CraneIT(RegistryServer server, RegistryClient registry, @TempDir Path directory) {
        this.workplace = new Workplace("crane", server, registry, directory);
        this.crane = CommandLineClient.builtByGo("crane", directory.resolve("home"));
    }

    @Override
    public Workplace workplace() {
        return workplace;
    }

    @Override
    public void push(ImageLayout layout, String tag, String image) {
        crane.run("push", layout.directory().toString(), image);
    }

    @Override
    public void pull(String image, Path layout) {
        crane.run("pull", "--format=oci", image, layout.toString());
    }

    @Override
    public void copy(String image, String to) {
        crane.run("copy", image, to);
    }

    @Override
    public List<String> tags(String repository) {
        return crane.run("ls", repository).lines().toList();
    }

    @Override
    public void delete(String image) {
        crane.run("delete", image);
    }

    @Test
    void anImageIsValidInEveryPartThatCraneChecks() {
        ImageLayout layout = new ImageLayout(workplace.directory().resolve("sent"));
        layout.tag("1", layout.addImage("amd64", SampleLayers.of(2500)));
        push(layout, "1", workplace.image("valid", "1"));

        assertThat(crane.run("validate", "--remote", workplace.image("valid", "1")))
                .contains("PASS");
        assertThat(crane.run("digest", workplace.image("valid", "1")).strip())
                .isEqualTo(layout.digest("1").toString());
    }
}
