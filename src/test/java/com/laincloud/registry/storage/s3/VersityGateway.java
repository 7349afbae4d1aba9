package com.laincloud.registry.storage.s3;

import static org.awaitility.Awaitility.await;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.config.S3.Credentials;
import com.laincloud.registry.etcd.TlsFiles;
import com.laincloud.registry.it.DirectoryTree;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * A real store on loopback that speaks S3: {@code @ExtendWith(VersityGateway.Extension.class)} on a class whose constructor takes
 * a {@code VersityGateway}, or {@link #ofTheRun}. It is one for the whole run; each test makes a bucket of its own.
 * {@code -Ds3.endpoint=URI} names another store to test with in its place, which takes the same keys.
 */
public final class VersityGateway implements AutoCloseable {

    public static final String ACCESS_KEY = "registry";
    public static final String SECRET_KEY = "not-to-be-shown";

    private static final long PART = 5 << 20;

    private final Path directory;
    private final Path accessLog;
    private final URI endpoint;
    private final Optional<Process> process;

    /** Started by the first who asks, and ended with the run. */
    public static VersityGateway ofTheRun() {
        return Shared.STORE;
    }

    /** One that shows this certificate. */
    static VersityGateway startWithTls(TlsFiles files) {
        return new VersityGateway(Optional.of(files));
    }

    /** One that runs already. */
    private VersityGateway(URI endpoint) {
        this.endpoint = endpoint;
        this.process = Optional.empty();
        try {
            this.directory = Files.createTempDirectory("store-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.accessLog = directory.resolve("access.log");
    }

    private VersityGateway(Optional<TlsFiles> tls) {
        try {
            directory = Files.createTempDirectory("versitygw-");
            accessLog = directory.resolve("access.log");
            int port = freePort();
            endpoint = URI.create((tls.isPresent() ? "https" : "http") + "://127.0.0.1:" + port);
            Path data = Files.createDirectory(directory.resolve("data"));
            ProcessBuilder command = new ProcessBuilder(
                            Path.of("target/go/versitygw").toAbsolutePath().toString(),
                            "--port=127.0.0.1:" + port,
                            "--access-log=" + accessLog,
                            "--quiet")
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile());
            tls.ifPresent(files -> command.command()
                    .addAll(List.of(
                            "--cert=" + files.certificate().orElseThrow(),
                            "--key=" + files.key().orElseThrow())));
            command.command().addAll(List.of("posix", data.toString()));
            command.environment().put("ROOT_ACCESS_KEY", ACCESS_KEY);
            command.environment().put("ROOT_SECRET_KEY", SECRET_KEY);
            process = Optional.of(command.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        await("the store to answer at " + endpoint())
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(50))
                .until(this::answers);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private boolean answers() {
        try (Socket socket = new Socket(endpoint.getHost(), endpoint.getPort())) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    /** How to speak to a bucket, which need not be there. */
    public S3 settings(String bucket) {
        return settings(bucket, endpoint());
    }

    /** The same, by another way. */
    public S3 settings(String bucket, URI endpoint) {
        return new S3(
                Optional.of(endpoint),
                Optional.empty(),
                "us-east-1",
                bucket,
                Optional.of(new Credentials(ACCESS_KEY, SECRET_KEY, Optional.empty())),
                true,
                false,
                false,
                Optional.empty(),
                PART,
                "below/here",
                Optional.empty(),
                Optional.empty(),
                directory.resolve("scratch"),
                1L << 30);
    }

    /** How a registry is told to keep its bytes in a bucket. */
    public Map<String, String> environment(String bucket) {
        return Map.of(
                "REGISTRY_STORAGE", "s3",
                "REGISTRY_STORAGE_S3_REGIONENDPOINT", endpoint().toString(),
                "REGISTRY_STORAGE_S3_ACCESSKEY", ACCESS_KEY,
                "REGISTRY_STORAGE_S3_SECRETKEY", SECRET_KEY,
                "REGISTRY_STORAGE_S3_BUCKET", bucket);
    }

    private S3Client client(String bucket) {
        S3 settings = settings(bucket);
        return BucketClient.open(settings, BucketClient.credentials(settings));
    }

    /** A new bucket with nothing in it. */
    public String bucket() {
        String bucket = "bucket-" + UUID.randomUUID();
        try (S3Client client = client(bucket)) {
            client.createBucket(create -> create.bucket(bucket));
        }
        return bucket;
    }

    /** What is in a bucket. */
    public List<String> objects(String bucket) {
        try (S3Client client = client(bucket)) {
            return client.listObjectsV2Paginator(list -> list.bucket(bucket)).contents().stream()
                    .map(object -> object.key())
                    .toList();
        }
    }

    /** Copies the files below a directory into a bucket, to where the settings have its root. */
    public void copy(Path directory, String bucket) {
        S3 settings = settings(bucket);
        try (S3Client client = client(bucket);
                Stream<Path> files = Files.walk(directory)) {
            files.filter(Files::isRegularFile)
                    .parallel()
                    .forEach(file -> client.putObject(
                            put -> put.bucket(bucket).key(settings.prefix() + directory.relativize(file)), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loses an object, as a store never should. */
    public void lose(String bucket, String object) {
        try (S3Client client = client(bucket)) {
            client.deleteObject(delete -> delete.bucket(bucket).key(object));
        }
    }

    /** How many parts were sent to a bucket and belong to no object. */
    public int unfinished(String bucket) {
        try (S3Client client = client(bucket)) {
            return client.listMultipartUploads(list -> list.bucket(bucket))
                    .uploads()
                    .size();
        }
    }

    /** Whether it is not another store that was named for the run. */
    boolean isOurs() {
        return process.isPresent();
    }

    /** The requests about objects of a bucket so far, a line each. */
    public List<String> requests(String bucket) {
        if (process.isEmpty()) {
            throw new IllegalStateException("another store does not tell what it is asked");
        }
        try {
            return Files.readAllLines(accessLog).stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).contains("/" + bucket))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.ifPresent(running -> {
            running.destroyForcibly();
            running.onExit().join();
        });
        DirectoryTree.delete(directory);
    }

    /** The one of the run. */
    private static final class Shared {

        private static final VersityGateway STORE = Optional.ofNullable(System.getProperty("s3.endpoint"))
                .map(URI::create)
                .map(VersityGateway::new)
                .orElseGet(() -> new VersityGateway(Optional.empty()));

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(STORE::close));
        }
    }

    /** Hands it to the constructors of tests. */
    public static final class Extension implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == VersityGateway.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return ofTheRun();
        }
    }
}
