package com.laincloud.registry.it.clients;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import java.nio.file.Path;

/**
 * Where the test of a client works.
 *
 * @param name the word that its repositories begin with
 * @param directory an empty one of each test's own
 */
record Workplace(String name, RegistryServer server, RegistryClient registry, Path directory) {

    /** The repository of this name, without the registry's. */
    String repository(String last) {
        return name + "/" + last;
    }

    /** How clients call an image in the repository of this name. */
    String image(String last, String tag) {
        return server.authority() + "/" + repository(last) + ":" + tag;
    }
}
