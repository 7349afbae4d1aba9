package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedRegistryServer.class)
class RegctlIT implements ManagingClientContract {

    private static final String SCANS = "--filter-artifact-type=application/vnd.example.scan";

    private final Workplace workplace;
    private final CommandLineClient regctl;

    RegctlIT(RegistryServer server, RegistryClient registry, @TempDir Path directory) {
        this.workplace = new Workplace("regctl", server, registry, directory);
        this.regctl = CommandLineClient.builtByGo("regctl", directory.resolve("home"));
        regctl.run("registry", "set", "--tls=disabled", server.authority());
    }

    @Override
    public Workplace workplace() {
        return workplace;
    }

    @Override
    public void push(ImageLayout layout, String tag, String image) {
        regctl.run("image", "copy", "ocidir://" + layout.directory() + ":" + tag, image);
    }

    @Override
    public void pull(String image, Path layout) {
        regctl.run("image", "copy", image, "ocidir://" + layout + ":pulled");
    }

    @Override
    public void copy(String image, String to) {
        regctl.run("image", "copy", image, to);
    }

    @Override
    public List<String> tags(String repository) {
        return regctl.run("tag", "ls", repository).lines().toList();
    }

    @Override
    public void delete(String image) {
        regctl.run("tag", "delete", image);
    }

    @Test
    void artifactsAreListedByTheirSubjectAndTravelWithIt() throws IOException {
        ImageLayout layout = new ImageLayout(workplace.directory().resolve("sent"));
        layout.tag("1", layout.addImage("amd64", SampleLayers.of(2700)));
        String image = workplace.image("subject", "1");
        push(layout, "1", image);
        for (String kind : List.of("scan", "sbom")) {
            Path file = Files.writeString(workplace.directory().resolve(kind), kind + " of it");
            regctl.run(
                    "artifact",
                    "put",
                    "--artifact-type=application/vnd.example." + kind,
                    "--subject=" + image,
                    "--file=" + file);
        }

        assertThat(scans(image)).isEqualTo("1");
        String copy = workplace.image("subject-copy", "1");
        regctl.run("image", "copy", "--referrers", image, copy);
        assertThat(scans(copy)).isEqualTo("1");
        assertThat(regctl.run("artifact", "get", "--subject=" + copy, SCANS)).contains("scan of it");
    }

    private String scans(String image) {
        return regctl.run("artifact", "list", "--format={{len .Descriptors}}", SCANS, image)
                .strip();
    }
}
