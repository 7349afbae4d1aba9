package com.laincloud.registry.it.clients;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.Alone;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Clients that are sent to a bucket for layers. */
@Alone
@ExtendWith(VersityGateway.Extension.class)
class RedirectedClientsIT {

    private final VersityGateway store;

    RedirectedClientsIT(VersityGateway store) {
        this.store = store;
    }

    @Test
    void anImageIsPulledByWayOfTheStore(@TempDir Path directory) {
        Path home = directory.resolve("home");
        CommandLineClient skopeo = new CommandLineClient(home, List.of("skopeo", "--insecure-policy"), Map.of());
        CommandLineClient crane = CommandLineClient.builtByGo("crane", home);
        ImageLayout layout = new ImageLayout(directory.resolve("layout"));
        layout.tag("1", layout.addImage("amd64", SampleLayers.of(2500)));
        String bucket = store.bucket();
        try (RegistryServer server = RegistryServer.start(store.environment(bucket))) {
            String image = server.authority() + "/clients/image:1";
            skopeo.run("copy", "--dest-tls-verify=false", layout.reference("1"), "docker://" + image);
            long begin = server.logPosition();
            Path received = directory.resolve("received");
            skopeo.run("copy", "--src-tls-verify=false", "docker://" + image, "oci:" + received + ":pulled");
            assertThat(received.resolve("blobs/sha256/" + layout.digest("1").encoded()))
                    .exists();
            assertThat(crane.run("validate", "--remote", image)).contains("PASS");
            assertThat(server.logSince(begin))
                    .anyMatch(line -> line.contains("/blobs/") && line.contains(" status=307 "));
        }
    }
}
