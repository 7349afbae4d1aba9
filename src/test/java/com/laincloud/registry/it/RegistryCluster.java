package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.storage.s3.TroubledWay;
import com.laincloud.registry.storage.s3.TroubledWay.Fate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What {@code payara/ha/registry-cluster} runs, with a way between the instances and their store on which a test decides. */
final class RegistryCluster implements AutoCloseable {

    private static final int INSTANCES = 3;
    private static final int PORTS = 50;

    private final Path directory;
    private final int port;
    private final TroubledWay store;

    private RegistryCluster(Path directory, int port, Supplier<Fate> fates) {
        this.directory = directory;
        this.port = port;
        this.store = new TroubledWay(URI.create("http://127.0.0.1:" + (port + 41)), request -> fates.get());
    }

    /** @param fates of requests to the store */
    static RegistryCluster start(Supplier<Fate> fates) throws IOException {
        // PostgreSQL has another account and must reach its data
        Path directory = Files.createTempDirectory(
                "cluster-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        RegistryCluster cluster = new RegistryCluster(directory, freePorts(), fates);
        cluster.run("start");
        return cluster;
    }

    /** The first of many that are free, and that no client is given by chance. */
    private static int freePorts() {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(12_000, 30_000);
            if (IntStream.range(first, first + PORTS).allMatch(RegistryCluster::isFree)) {
                return first;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Where nginx answers. */
    URI uri() {
        return URI.create("http://127.0.0.1:" + port + "/");
    }

    /** Runs a command of the script and gives what it prints. */
    String run(String... words) {
        List<String> command = new ArrayList<>(List.of("payara/ha/registry-cluster"));
        command.addAll(List.of(words));
        ProcessBuilder script = new ProcessBuilder(command).redirectErrorStream(true);
        script.environment().put("CLUSTER_DIRECTORY", directory.toString());
        script.environment().put("CLUSTER_PORT", Integer.toString(port));
        script.environment()
                .put("REGISTRY_STORAGE_S3_REGIONENDPOINT", store.endpoint().toString());
        script.environment().put("REGISTRY_STORAGE_REDIRECT_DISABLE", "true");
        try {
            Process process = script.start();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A name of an instance. */
    static String instance(int number) {
        return "registry" + (1 + number % INSTANCES);
    }

    /** The name of the primary. */
    String primary() {
        return run("status")
                .lines()
                .filter(line -> line.endsWith(", primary"))
                .map(line -> line.substring(0, line.indexOf(' ')))
                .findFirst()
                .orElseThrow();
    }

    /** A connection to the database of this name, whatever its part is. */
    Connection database(String name) throws SQLException, IOException {
        int number = Integer.parseInt(name.substring("postgres".length()));
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + (port + 10 + number) + "/registry?connectTimeout=1&socketTimeout=2",
                "registry_application",
                Files.readString(directory.resolve("secret")));
    }

    private void keepLogs() {
        Path kept = Path.of("target", "registry-logs");
        try (Stream<Path> parts = Files.list(directory)) {
            Files.createDirectories(kept);
            for (Path part : parts.filter(Files::isDirectory).toList()) {
                Files.move(
                        part.resolve("log"), kept.resolve(directory.getFileName() + "-" + part.getFileName() + ".log"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            run("stop");
            keepLogs();
        } finally {
            store.close();
            DirectoryTree.delete(directory);
        }
    }
}
