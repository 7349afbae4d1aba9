package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.SharedRegistryServer;
import jakarta.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(SharedRegistryServer.class)
class OrasIT implements ManagingClientContract {

    private final Workplace workplace;
    private final Path home;
    private final CommandLineClient oras;

    OrasIT(RegistryServer server, RegistryClient registry, @TempDir Path directory) {
        this.workplace = new Workplace("oras", server, registry, directory);
        this.home = directory.resolve("home");
        this.oras = CommandLineClient.builtByGo("oras", home);
    }

    @Override
    public Workplace workplace() {
        return workplace;
    }

    @Override
    public void push(ImageLayout layout, String tag, String image) {
        oras.run("cp", "--from-oci-layout", layout.directory() + ":" + tag, "--to-plain-http", image);
    }

    @Override
    public void pull(String image, Path layout) {
        oras.run("cp", "--from-plain-http", image, "--to-oci-layout", layout + ":pulled");
    }

    @Override
    public void copy(String image, String to) {
        oras.run("cp", "--from-plain-http", image, "--to-plain-http", to);
    }

    @Override
    public List<String> tags(String repository) {
        return oras.run("repo", "tags", "--plain-http", repository).lines().toList();
    }

    @Override
    public void delete(String image) {
        oras.run("manifest", "delete", "--plain-http", "--force", image);
    }

    @Test
    void filesAttachedToAnImageAreDiscoveredByTheirTypeAndPulled() throws IOException {
        String image = pushImage("attached");
        Files.writeString(home.resolve("scan.txt"), "nothing found");
        attach(image, "application/vnd.example.scan", "scan.txt", "v1.1-referrers-api");
        Files.writeString(home.resolve("sbom.txt"), "three parts");
        attach(image, "application/vnd.example.sbom", "sbom.txt", "v1.1-referrers-api");

        assertThat(discover(image, "--depth=1")).hasSize(2);
        List<JsonObject> scans = discover(image, "--artifact-type=application/vnd.example.scan");
        assertThat(scans).singleElement().satisfies(scan -> {
            assertThat(scan.getString("artifactType")).isEqualTo("application/vnd.example.scan");
            oras.run("pull", "--plain-http", "--output", "pulled", scan.getString("reference"));
        });
        assertThat(home.resolve("pulled/scan.txt")).hasContent("nothing found");
    }

    @Test
    void whatWasAttachedByATagOfTheReferrersIsDiscoveredThroughTheApi() throws IOException {
        String image = pushImage("fallback");
        Files.writeString(home.resolve("old.txt"), "from an old client");
        attach(image, "application/vnd.example.old", "old.txt", "v1.1-referrers-tag");
        assertThat(tags(workplace.server().authority() + "/oras/fallback"))
                .anyMatch(tag -> tag.matches("sha256-[0-9a-f]{64}"))
                .hasSize(2);

        assertThat(discover(image, "--distribution-spec=v1.1-referrers-api"))
                .singleElement()
                .satisfies(old -> assertThat(old.getString("artifactType")).isEqualTo("application/vnd.example.old"));
    }

    private String pushImage(String repository) {
        ImageLayout layout = new ImageLayout(workplace.directory().resolve("sent"));
        layout.tag("1", layout.addImage("amd64", SampleLayers.of(2600)));
        push(layout, "1", workplace.image(repository, "1"));
        return workplace.image(repository, "1");
    }

    private void attach(String image, String artifactType, String file, String specification) {
        oras.run(
                "attach",
                "--plain-http",
                "--distribution-spec",
                specification,
                "--artifact-type",
                artifactType,
                image,
                file + ":text/plain");
    }

    private List<JsonObject> discover(String image, String option) {
        String found = oras.run("discover", "--plain-http", "--format=json", option, image);
        return RegistryImage.parse(found.getBytes(UTF_8))
                .getJsonArray("referrers")
                .getValuesAs(JsonObject.class);
    }
}
