package com.laincloud.registry.database.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntSupplier;

/**
 * A running PostgreSQL of the registry's own. Starting it goes in this order, and every step bears a crash before, in and
 * after it:
 *
 * <ol>
 *   <li>lock the directory, so that no two registries share one
 *   <li>end the server that a killed registry has left running, and with it that registry's transactions
 *   <li>unpack the programs, create the data directory, if either is missing
 *   <li>write the configuration with a free loopback port, and start; after a crash the server recovers by itself
 *   <li>give the roles new passwords and publish them as {@link ConnectionFacts}
 * </ol>
 *
 * <p>The server's programs come from the artifact of the zonky project; its Java library is not used, because it is made for
 * tests: it turns durability off, cleans its data away and has no answer to a crash.
 *
 * <p>If the server dies, {@link ServerWatch} starts it again.
 *
 * <p>If the registry is killed, the server goes on until the next start finds it. It does no harm meanwhile: it listens on
 * loopback alone, and what it was told to commit it commits.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    /** How many ports are tried. A port that is free when it is chosen may be taken when the server listens. */
    private static final int PORTS = 3;

    private final Path directory;
    private final boolean temporary;
    private final DirectoryLock lock;
    private final ServerProcess server;
    private final ServerWatch watch;

    private EmbeddedPostgres(Path directory, boolean temporary, DirectoryLock lock, ServerProcess server) {
        this.directory = directory;
        this.temporary = temporary;
        this.lock = lock;
        this.server = server;
        this.watch = new ServerWatch(server);
    }

    /**
     * Starts the server on the data in {@code directory}, creating both the first time.
     *
     * @throws EmbeddedDatabaseException if another registry uses the directory, or the server cannot be started; nothing is left
     *     running then
     */
    public static EmbeddedPostgres start(Path directory) {
        return start(directory, false, EmbeddedPostgres::freePort);
    }

    /** @param ports that the server tries, one after the other */
    static EmbeddedPostgres start(Path directory, boolean temporary, IntSupplier ports) {
        Path absolute = directory.toAbsolutePath();
        DatabaseDirectories.createPrivate(absolute);
        DirectoryLock lock = DirectoryLock.acquire(absolute);
        try {
            PostgresBinaries binaries = PostgresBinaries.forServerIn(absolute);
            ServerAccount account = ServerAccount.forServerIn(absolute);
            EmbeddedPostgres postgres =
                    new EmbeddedPostgres(absolute, temporary, lock, new ServerProcess(binaries, account, absolute));
            postgres.start(binaries, account, ports);
            return postgres;
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Starts a server on a new directory under the system's temporary one, which {@link #close} removes. */
    public static EmbeddedPostgres startTemporary() {
        try {
            Path directory = Files.createTempDirectory("registry-postgresql-");
            return start(directory, true, EmbeddedPostgres::freePort);
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("database.directory: cannot create a temporary one: " + Fault.of(e), e);
        }
    }

    private void start(PostgresBinaries binaries, ServerAccount account, IntSupplier ports) {
        server.stopOrphans();
        ConnectionFacts.remove(directory);
        DataDirectory data = new DataDirectory(directory);
        data.create(binaries, account);
        ConnectionFacts facts = new ConnectionFacts(
                listen(data, account, ports),
                DataDirectory.randomPassword(),
                DataDirectory.randomPassword(),
                DataDirectory.randomPassword());
        try {
            new Superuser(data.superuserPassword()).prepare(facts);
            facts.write(directory);
        } catch (RuntimeException e) {
            server.stop();
            throw e;
        }
        watch.begin();
    }

    /** Starts the server, and says on which port. */
    private int listen(DataDirectory data, ServerAccount account, IntSupplier ports) {
        for (int attempt = 1; ; attempt++) {
            int port = ports.getAsInt();
            data.configure(port);
            account.adopt(directory);
            try {
                server.start();
                return port;
            } catch (EmbeddedDatabaseException e) {
                if (attempt == PORTS || isFree(port)) {
                    throw e;
                }
            }
        }
    }

    /** Where the server's data and its {@link ConnectionFacts} lie. */
    public Path directory() {
        return directory;
    }

    /** Stops the server, ending its connections, with all data on disk. */
    @Override
    public void close() {
        watch.end();
        ConnectionFacts.remove(directory);
        server.stop();
        lock.close();
        if (temporary) {
            DatabaseDirectories.remove(directory);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("database: no loopback port is free: " + Fault.of(e), e);
        }
    }
}
