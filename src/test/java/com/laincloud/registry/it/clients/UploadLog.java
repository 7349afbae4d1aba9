package com.laincloud.registry.it.clients;

import static org.awaitility.Awaitility.await;

import com.laincloud.registry.it.RegistryServer;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the registry's access log tells of the uploads to one repository since a moment. */
final class UploadLog {

    private static final Pattern MOUNT = Pattern.compile("[?&]mount=(sha256)(?::|%3A)([0-9a-f]{64})");

    private final RegistryServer server;
    private final String repository;
    private final long position;

    private UploadLog(RegistryServer server, String repository) {
        this.server = server;
        this.repository = repository;
        this.position = server.logPosition();
    }

    /** The uploads to {@code repository} from now on. */
    static UploadLog watch(RegistryServer server, String repository) {
        return new UploadLog(server, repository);
    }

    /** The requests that started an upload, once the manifest that ends a push has been logged. */
    List<String> startedUploads() {
        await("the push of a manifest in the access log")
                .until(() -> !requests("PUT", "/manifests/").isEmpty());
        return requests("POST", "/blobs/uploads");
    }

    /** The digests of the blobs that were mounted instead of sent, once the manifest that ends a push has been logged. */
    List<String> mounted() {
        return startedUploads().stream()
                .filter(line -> line.contains(" status=201 "))
                .map(MOUNT::matcher)
                .filter(Matcher::find)
                .map(mount -> mount.group(1) + ":" + mount.group(2))
                .toList();
    }

    private List<String> requests(String method, String resource) {
        return server.logSince(position).stream()
                .filter(line -> line.contains(method) && line.contains("/v2/" + repository + resource))
                .toList();
    }
}
