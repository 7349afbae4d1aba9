package com.laincloud.registry.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.config.OverriddenSettings;
import com.laincloud.registry.config.SettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.database.embedded.ConnectionFacts;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import com.laincloud.registry.storage.s3.VersityGateway;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A registry run by its launcher ({@code payara/registry serve}) on a free loopback port, with a fresh storage root and
 * the embedded database in it. The system property {@code registry.launcher} names another launcher to test; with
 * {@code storage=s3} each server that is not told otherwise keeps its bytes in a bucket of its own, and sends clients there
 * unless {@code storage.redirect.disable=true}.
 */
public final class RegistryServer implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final String LAUNCHER = System.getProperty("registry.launcher", "payara/registry");
    private static final Pattern OPTIONS = Pattern.compile("REGISTRY_JAVA_OPTS:-(.+)}");
    private static final String MOUNT_AND_RUN =
            "mkdir -p \"$REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY\" && mount -t tmpfs -o \"size=$1\" tmpfs"
                    + " \"$REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY\" && shift && exec \"$@\"";

    private final Path directory;
    private final Path log;
    private final int port;
    private final ProcessBuilder launcher;
    private @Nullable Process process;

    private RegistryServer(List<String> before, Map<String, String> environment) throws IOException {
        // readable by others: a PostgreSQL started by root runs as another user and must reach its data
        this.directory = Files.createTempDirectory(
                "registry-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        this.log =
                Files.createDirectories(Path.of("target", "registry-logs")).resolve(directory.getFileName() + ".log");
        this.port = freePort();
        this.launcher = new ProcessBuilder(new ArrayList<>(before));
        launcher.command().addAll(List.of(LAUNCHER, "serve"));
        launcher.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        launcher.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
        launcher.environment().put("REGISTRY_JAVA_OPTS", javaOptions());
        launcher.environment().put("REGISTRY_HTTP_ADDR", authority());
        launcher.environment().put("REGISTRY_HTTP_TRUSTEDPROXIES", "[127.0.0.0/8, \"::1\"]");
        launcher.environment().put("REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", root().toString());
        launcher.environment().put("REGISTRY_STORAGE_DELETE_ENABLED", "true");
        launcher.environment().putAll(storageOfRun());
        launcher.environment().putAll(environment);
    }

    /** What the launcher has for itself, and no second compiler: a server of a test does not live for as long as that takes. */
    private static String javaOptions() throws IOException {
        Matcher options = OPTIONS.matcher(Files.readString(Path.of("payara", "registry")));
        if (!options.find()) {
            throw new IllegalStateException("payara/registry has no options for Java");
        }
        return options.group(1) + " -XX:TieredStopAtLevel=1";
    }

    private static Map<String, String> storageOfRun() {
        if (!isInBucket()) {
            return Map.of();
        }
        VersityGateway store = VersityGateway.ofTheRun();
        Map<String, String> environment = new LinkedHashMap<>(store.environment(store.bucket()));
        environment.put("REGISTRY_STORAGE_REDIRECT_DISABLE", Boolean.toString(!redirects()));
        return environment;
    }

    private static boolean isInBucket() {
        return System.getProperty("storage", "filesystem").equals("s3");
    }

    /** Whether servers that are not told otherwise send clients to a store for blobs. */
    public static boolean redirects() {
        return isInBucket() && !Boolean.getBoolean("storage.redirect.disable");
    }

    /**
     * A server of its own with these {@code REGISTRY_…} variables on top of the default ones. A test may fill its storage
     * root before {@link #startAgain}.
     */
    public static RegistryServer installed(Map<String, String> environment) {
        return installed(List.of(), environment);
    }

    private static RegistryServer installed(List<String> before, Map<String, String> environment) {
        try {
            return new RegistryServer(before, environment);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A server of its own, with the default settings and deletion on, that answers already. */
    public static RegistryServer start() {
        return start(Map.of());
    }

    /** A server of its own with these {@code REGISTRY_…} variables on top of the default ones, that answers already. */
    public static RegistryServer start(Map<String, String> environment) {
        return start(List.of(), environment);
    }

    /** A server of its own with the settings of a file alone, and these {@code REGISTRY_…} variables on top of them. */
    static RegistryServer startWith(Path configuration, Map<String, String> environment) {
        RegistryServer server = installed(environment);
        server.launcher.environment().remove("REGISTRY_STORAGE_DELETE_ENABLED");
        server.launcher.command().add(configuration.toString());
        server.startAgain();
        return server;
    }

    /** A server of its own whose storage root is a small disk, which is gone with the server's process. */
    static RegistryServer startOnDiskOf(String size, Map<String, String> environment) {
        return start(
                List.of("unshare", "--map-root-user", "--mount", "sh", "-c", MOUNT_AND_RUN, "sh", size), environment);
    }

    /** A server of its own whose process may have so many descriptors, and which is started by {@link #startAgain}. */
    static RegistryServer installedWithDescriptors(int most) {
        return installed(List.of("sh", "-c", "ulimit -n " + most + " && exec \"$@\"", "sh"), Map.of());
    }

    private static RegistryServer start(List<String> before, Map<String, String> environment) {
        RegistryServer server = installed(before, environment);
        server.startAgain();
        return server;
    }

    /** Where it answers: {@code http://127.0.0.1:PORT/}. */
    public URI uri() {
        return URI.create("http://" + authority() + "/");
    }

    /** The registry's part of an image name: {@code 127.0.0.1:PORT}. */
    public String authority() {
        return "127.0.0.1:" + port;
    }

    /** The storage root, which survives {@link #restart} and {@link #kill}. */
    public Path root() {
        return directory.resolve("storage");
    }

    /** The file of everything the server printed so far, over all its starts. */
    public Path log() {
        return log;
    }

    /** How many bytes were logged so far: a place to read on from with {@link #logSince}. */
    public long logPosition() {
        return log.toFile().length();
    }

    /** The lines logged after {@code position}. */
    public List<String> logSince(long position) {
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            byte[] bytes = new byte[(int) Math.max(0, file.length() - position)];
            file.seek(position);
            file.readFully(bytes);
            return new String(bytes, StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many descriptors of the server's process are of files whose path has this in it. */
    public long openFiles(String part) {
        try (Stream<Path> descriptors =
                Files.list(Path.of("/proc", Long.toString(process().pid()), "fd"))) {
            return descriptors
                    .filter(descriptor -> {
                        try {
                            return Files.readSymbolicLink(descriptor).toString().contains(part);
                        } catch (IOException e) {
                            return false; // closed meanwhile
                        }
                    })
                    .count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process that the launcher became or started. */
    public Process process() {
        return Objects.requireNonNull(process, "it was never started");
    }

    /** A command of {@code payara/registry} in the environment of this server, which need not run. */
    public ProcessBuilder command(String... words) {
        List<String> line = new ArrayList<>(List.of(LAUNCHER));
        line.addAll(List.of(words));
        ProcessBuilder command = new ProcessBuilder(line).redirectErrorStream(true);
        command.environment().clear();
        command.environment().putAll(launcher.environment());
        return command;
    }

    /** How a process of a test is told to work on this server's storage and, as the owner, on its database. */
    Map<String, String> environment() {
        ConnectionFacts facts = ConnectionFacts.read(root().resolve("postgresql"));
        Map<String, String> environment = new LinkedHashMap<>(command().environment());
        environment.keySet().removeIf(name -> !name.startsWith(SettingValues.ENVIRONMENT_PREFIX));
        environment.put("REGISTRY_DATABASE_URL", facts.url());
        environment.put("REGISTRY_DATABASE_USERNAME", ConnectionFacts.APPLICATION);
        environment.put("REGISTRY_DATABASE_PASSWORD", facts.password());
        environment.put("REGISTRY_DATABASE_OWNER_USERNAME", ConnectionFacts.OWNER);
        environment.put("REGISTRY_DATABASE_OWNER_PASSWORD", facts.ownerPassword());
        return environment;
    }

    /** How a test itself works on them. */
    Settings settings() {
        return settings(Map.of());
    }

    /** The same, with these settings on top. */
    Settings settings(Map<String, String> more) {
        Map<String, String> values = new LinkedHashMap<>();
        environment().forEach((name, value) -> values.put(SettingValues.keyOfVariable(name), value));
        values.putAll(more);
        return Settings.read(new OverriddenSettings(values));
    }

    /** This server's storage, wherever it is. To be closed. */
    StorageDriver storage() {
        return ConfiguredStorage.open(settings().storage());
    }

    /** Makes this server's storage one that does not say whose it is. */
    void loseIdentity() {
        String bucket = environment().get("REGISTRY_STORAGE_S3_BUCKET");
        if (bucket != null) {
            VersityGateway.ofTheRun().lose(bucket, "registry-identity");
            return;
        }
        try {
            Files.delete(root().resolve("registry-identity"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** This server's database, to be asked as the server does. */
    DataSource database() {
        ConnectionFacts facts = ConnectionFacts.read(root().resolve("postgresql"));
        return ConfiguredDataSource.of(facts.url(), ConnectionFacts.APPLICATION, facts.password());
    }

    /** As {@link #command}, where this server's small disk is mounted. */
    ProcessBuilder commandOnDisk(String... words) {
        ProcessBuilder command = command(words);
        command.command()
                .addAll(
                        0,
                        List.of(
                                "nsenter",
                                "--target=" + process().pid(),
                                "--user",
                                "--mount",
                                "--preserve-credentials",
                                "--wdns=" + Path.of("").toAbsolutePath()));
        return command;
    }

    /** The storage root as this server has it, whose small disk is mounted for it alone. */
    Path disk() {
        return Path.of("/proc", Long.toString(process().pid()), "root")
                .resolve(Path.of("/").relativize(root()));
    }

    /** What {@code payara/registry sql} prints for a query on this server's database. */
    public String sql(String query) {
        return runSql(query, 0);
    }

    /** The error that {@code payara/registry sql} prints for a statement that the database refuses. */
    public String sqlRefused(String statement) {
        return runSql(statement, 1);
    }

    /** Runs a statement in this server's database as the owner of its tables: for what no client can do. */
    public void change(String statement) {
        ConnectionFacts facts = ConnectionFacts.read(root().resolve("postgresql"));
        try (Connection connection =
                        DriverManager.getConnection(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword());
                Statement change = connection.createStatement()) {
            change.execute(statement);
        } catch (SQLException e) {
            throw new IllegalStateException(statement, e);
        }
    }

    /** The text that a query in this server's database yields, asked as the owner of its tables: for what no view tells. */
    public String ask(String query) {
        ConnectionFacts facts = ConnectionFacts.read(root().resolve("postgresql"));
        try (Connection connection =
                        DriverManager.getConnection(facts.url(), ConnectionFacts.OWNER, facts.ownerPassword());
                Statement question = connection.createStatement();
                ResultSet result = question.executeQuery(query)) {
            result.next();
            return result.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(query, e);
        }
    }

    private String runSql(String statement, int exitCode) {
        try {
            Process sql = command("sql", statement).start();
            String output = new String(sql.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(sql.waitFor()).as(output).isEqualTo(exitCode);
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sets a {@code REGISTRY_…} variable for the next start. */
    public void setEnvironment(String name, String value) {
        launcher.environment().put(name, value);
    }

    /** Removes a variable for the next start. */
    void unsetEnvironment(String name) {
        launcher.environment().remove(name);
    }

    /** Stops the server as an operator does, and starts it again on the same root and port. */
    public void restart() {
        terminate();
        startAgain();
    }

    /** Starts a server that was killed or terminated again, on the same root and port; returns when it answers. */
    public void startAgain() {
        assertThat(isRunning()).as("the server is still running").isFalse();
        try {
            process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts the server that was killed again, but kills it before long, as likely as not before it answers. */
    public void startAndKillAfter(Duration delay) {
        try {
            process = launcher.start();
            Thread.sleep(delay);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        kill();
    }

    /** Starts the server and cuts its power before long, as likely as not before it answers. */
    void startAndCutPowerAfter(Duration delay, VolatileDisk disk) throws IOException, InterruptedException {
        process = launcher.start();
        Thread.sleep(delay);
        cutPower(disk);
    }

    /**
     * Cuts the power of server, database and disk at one moment: what is acknowledged was acknowledged before, because
     * nothing of them runs from a moment before the disk stops to the end of their processes.
     */
    void cutPower(VolatileDisk disk) throws IOException {
        signal("STOP", Stream.of(process().toHandle()));
        signal("STOP", postgresOfThisRoot());
        signal("STOP", postgresOfThisRoot()); // those that were just being started
        disk.cut();
        process().destroyForcibly();
        awaitExit();
        killDatabase();
        disk.comeBack();
    }

    /** SIGTERM; returns when the server has gone, which it promises within 10 seconds. */
    public void terminate() {
        process().destroy();
        awaitExit();
    }

    /** SIGKILL for the server alone: its PostgreSQL is left to itself, as it would be when the server crashes. */
    public void kill() {
        process().destroyForcibly(); // the launcher has become the server, so this is its process
        awaitExit();
    }

    /** SIGKILL for the server's PostgreSQL; returns when it has gone. */
    void killDatabase() {
        List<ProcessHandle> database = postgresOfThisRoot().toList();
        database.forEach(ProcessHandle::destroyForcibly);
        database.forEach(process -> process.onExit().join());
    }

    /** SIGKILL for the first process of the server's PostgreSQL: its others end by themselves, a moment later. */
    void killPostmaster() {
        ProcessHandle postmaster = postgresOfThisRoot()
                .filter(process -> !isChild(process))
                .findFirst()
                .orElseThrow();
        postmaster.destroyForcibly();
        postmaster.onExit().join();
    }

    /** This signal for one of the processes that the server's PostgreSQL has beside its first, mostly a connection's. */
    void signalBackend(String signal, Random random) {
        List<ProcessHandle> backends =
                postgresOfThisRoot().filter(RegistryServer::isChild).toList();
        signal(signal, Stream.of(backends.get(random.nextInt(backends.size()))));
    }

    private static boolean isChild(ProcessHandle postgres) {
        return postgres.parent().filter(RegistryServer::isPostgres).isPresent();
    }

    /** How many processes the server's PostgreSQL has. */
    long databaseProcesses() {
        return postgresOfThisRoot().count();
    }

    /** Bytes of memory that the server and its PostgreSQL take, of what they share each its part (PSS). */
    long memory() {
        return Stream.concat(Stream.of(process().toHandle()), postgresOfThisRoot())
                .mapToLong(RegistryServer::memory)
                .sum();
    }

    private static long memory(ProcessHandle process) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/smaps_rollup"))) {
            return lines.filter(line -> line.startsWith("Pss:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            return 0; // a process of the database that has ended meanwhile
        }
    }

    /** SIGSTOP for the server alone, as for a virtual machine that is paused. */
    void suspend() {
        signal("STOP", Stream.of(process().toHandle()));
    }

    /** SIGCONT for what {@link #suspend} stopped. */
    void resume() {
        signal("CONT", Stream.of(process().toHandle()));
    }

    /** SIGSTOP for the server's PostgreSQL, which from then on neither answers nor closes a connection. */
    void suspendDatabase() {
        signalDatabase("STOP");
    }

    /** SIGCONT for what {@link #suspendDatabase} stopped. */
    void resumeDatabase() {
        signalDatabase("CONT");
    }

    private void signalDatabase(String signal) {
        signal(signal, postgresOfThisRoot());
    }

    private static void signal(String signal, Stream<ProcessHandle> processes) {
        String targets = processes.map(process -> Long.toString(process.pid())).collect(Collectors.joining(" "));
        if (targets.isEmpty()) {
            return;
        }
        try {
            // the shell's own command: a fresh machine has no other
            assertThat(new ProcessBuilder("sh", "-c", "kill -" + signal + " " + targets)
                            .inheritIO()
                            .start()
                            .waitFor())
                    .isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the server and deletes everything it stored; its log stays below {@code target/registry-logs}. */
    @Override
    public void close() {
        if (isRunning()) {
            terminate();
        }
        postgresOfThisRoot().forEach(ProcessHandle::destroyForcibly);
        DirectoryTree.delete(directory);
    }

    private boolean isRunning() {
        return process != null && process.isAlive();
    }

    private Process launch() throws IOException {
        long position = logPosition();
        Process launched = launcher.start();
        await("the registry to answer; see " + log)
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .failFast(
                        "the launcher has ended",
                        () -> assertThat(launched.isAlive())
                                .as(() -> String.join("\n", logSince(position)))
                                .isTrue())
                .until(() -> logSince(position).stream().anyMatch(this::announces));
        return launched;
    }

    private boolean announces(String line) {
        return line.startsWith("registry ") && line.contains(" answers on http://");
    }

    private void awaitExit() {
        try {
            boolean exited = process().waitFor(30, TimeUnit.SECONDS);
            assertThat(exited).as("the server has ended; see " + log).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The database servers that work on this root, whether their registry runs or was killed. */
    private Stream<ProcessHandle> postgresOfThisRoot() {
        return ProcessHandle.allProcesses().filter(RegistryServer::isPostgres).filter(this::worksBelowRoot);
    }

    private boolean worksBelowRoot(ProcessHandle handle) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(handle.pid()), "cwd"))
                    .startsWith(root());
        } catch (IOException e) {
            return false; // gone, or of another user
        }
    }

    private static boolean isPostgres(ProcessHandle handle) {
        return handle.info().command().map(Path::of).map(Path::getFileName).stream()
                .anyMatch(name -> name.toString().equals("postgres"));
    }

    /** A loopback port that no process listens on. */
    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
