package com.laincloud.registry.it.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Nothing that the conformance programs can test fails or is skipped. The results are also a table for people, in
 * {@code target/conformance.md}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConformanceIT {

    private static final Path RESULTS = Path.of("target", "conformance").toAbsolutePath();

    /** Tests of the release that are one half of an either-or: each is skipped because its other half is run. */
    private static final Set<String> OTHER_HALVES = Set.of(
            "Pull Setup Get tag name from environment",
            "Content Discovery Setup Populate registry with test tags (no push)",
            // a blob that is mounted needs no session, and a registry that finds blobs by itself does not refuse to
            "Push Cross-Repository Blob Mount Cross-mounting of nonexistent blob should yield session id",
            "Push Cross-Repository Blob Mount Cross-mounting without from, and automatic content discovery disabled"
                    + " should return a 202");

    /** What the specification got after 1.1, so that the program does not ask a registry of 1.1 for it. */
    private static final Set<String> AFTER_1_1 = Set.of("blob-post-cancel");

    private final RegistryServer server;
    private final Map<String, ConformanceReport> reports = new LinkedHashMap<>();

    ConformanceIT() {
        // what a manifest refers to may be missing only where an operator says so
        server = RegistryServer.start(Map.of("REGISTRY_VALIDATION_DISABLED", "true"));
    }

    @AfterAll
    void endTheServerAndWriteTheTable() throws IOException {
        server.close();
        Files.writeString(Path.of("target", "conformance.md"), table(), UTF_8);
    }

    @Test
    void theProgramOfTheReleaseFindsNoFault() {
        ConformanceReport report = runRelease(server, "release");
        reports.put("1.1, the program of its release", report);

        requireConformance(report, 75, server);
        requireOtherHalves(report);
    }

    /** Clients are sent to the bucket for layers. All programs run so with {@code -Dstorage=s3}. */
    @Test
    void theProgramOfTheReleaseFindsNoFaultWhereLayersLieInABucket() {
        VersityGateway store = VersityGateway.ofTheRun();
        Map<String, String> environment = new LinkedHashMap<>(store.environment(store.bucket()));
        environment.put("REGISTRY_VALIDATION_DISABLED", "true");
        try (RegistryServer onS3 = RegistryServer.start(environment)) {
            ConformanceReport report = runRelease(onS3, "release-s3");

            requireConformance(report, 75, onS3);
            requireOtherHalves(report);
        }
    }

    private static void requireOtherHalves(ConformanceReport report) {
        assertThat(report.skips())
                .allSatisfy(skip -> assertThat(OTHER_HALVES)
                        .as(skip.toString())
                        .anySatisfy(half -> assertThat(skip.name()).endsWith(half)));
    }

    private static ConformanceReport runRelease(RegistryServer server, String results) {
        return new ConformanceProgram("conformance-1.1.test")
                .run(
                        RESULTS.resolve(results),
                        Map.ofEntries(
                                Map.entry("OCI_ROOT_URL", "http://" + server.authority()),
                                Map.entry("OCI_NAMESPACE", "conformance/release"),
                                Map.entry("OCI_CROSSMOUNT_NAMESPACE", "conformance/release-mount"),
                                Map.entry("OCI_AUTOMATIC_CROSSMOUNT", "1"),
                                Map.entry("OCI_TEST_PULL", "1"),
                                Map.entry("OCI_TEST_PUSH", "1"),
                                Map.entry("OCI_TEST_CONTENT_DISCOVERY", "1"),
                                Map.entry("OCI_TEST_CONTENT_MANAGEMENT", "1")));
    }

    @Test
    void theProgramOfTheMainBranchFindsNoFaultWithVersion11() {
        ConformanceReport report = runMain("1.1", Map.of());
        reports.put("1.1, the program of the main branch", report);

        requireConformance(report, 700, server);
        assertThat(report.skips())
                .allSatisfy(skip -> assertThat(AFTER_1_1)
                        .as(skip.toString())
                        .contains(skip.name().substring(skip.name().lastIndexOf('/') + 1)));
    }

    /** A store that clients are sent to knows no digests. */
    @Test
    void theProgramOfTheMainBranchFindsNoFaultAndSkipsNothingWithWhatCameAfterVersion11() {
        Map<String, String> everything = Stream.of(
                        "API_BLOBS_UPLOAD_CANCEL",
                        "API_BLOBS_DIGEST_HEADER",
                        "API_BLOBS_MOUNT_ANONYMOUS",
                        "API_MANIFESTS_DIGEST_HEADER",
                        "API_MANIFESTS_TAG_PARAM",
                        "DATA_EMPTY_BLOB",
                        "DATA_SHA512",
                        "DATA_SUBJECT_MISSING")
                .collect(Collectors.toMap(
                        name -> "OCI_" + name,
                        name -> Boolean.toString(
                                !name.equals("API_BLOBS_DIGEST_HEADER") || !RegistryServer.redirects())));
        ConformanceReport report = runMain("dev", everything);
        reports.put("dev, the program of the main branch", report);

        requireConformance(report, 800, server);
        assertThat(report.skips()).isEmpty();
    }

    private ConformanceReport runMain(String version, Map<String, String> switches) {
        Map<String, String> variables = new LinkedHashMap<>(switches);
        variables.put("OCI_REGISTRY", server.authority());
        variables.put("OCI_TLS", "disabled");
        variables.put("OCI_REPO1", "conformance/" + version);
        variables.put("OCI_REPO2", "conformance/" + version + "-mount");
        variables.put("OCI_VERSION", version);
        variables.put("OCI_DATA_SPARSE", "true");
        variables.put("OCI_RESULTS_DIR", ".");
        return new ConformanceProgram("conformance").run(RESULTS.resolve(version), variables);
    }

    /** No failure, and enough passes to show that the program did its work; and the registry saw no fault of its own. */
    private static void requireConformance(ConformanceReport report, int expectedPasses, RegistryServer server) {
        assertThat(report.failures()).isEmpty();
        assertThat(report.passed()).isTrue();
        assertThat(report.passes()).isGreaterThanOrEqualTo(expectedPasses);
        assertThat(server.logSince(0)).noneMatch(line -> line.contains(" status=5") || line.contains("Z error "));
    }

    private String table() {
        return """
                | OCI distribution-spec | passed | failed | skipped |
                |---|---|---|---|
                """ + reports.entrySet().stream().map(ConformanceIT::row).collect(Collectors.joining());
    }

    private static String row(Map.Entry<String, ConformanceReport> entry) {
        ConformanceReport report = entry.getValue();
        return "| %s | %d | %d | %d |%n"
                .formatted(
                        entry.getKey(),
                        report.passes(),
                        report.failures().size(),
                        report.skips().size());
    }
}
