package com.laincloud.registry.database.embedded;

import com.laincloud.registry.file.DurableDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;

/** The server's data: made once, configured anew before every start. */
final class DataDirectory {

    private static final String CONFIGURATION = "postgresql.conf";
    private static final String FIRST_LINE = "# Written at every start; changes here are lost.\n";

    private final Path directory;
    private final Path data;
    private final Path superuserPassword;

    DataDirectory(Path directory) {
        this.directory = directory;
        this.data = directory.resolve("data");
        this.superuserPassword = directory.resolve("superuser.password");
    }

    /**
     * Makes the data directory if there is none. It is made aside and renamed when complete: a crash in between leaves only
     * what the next start removes.
     */
    void create(PostgresBinaries binaries, ServerAccount account) {
        if (Files.exists(data)) {
            return;
        }
        Path aside = directory.resolve("data.new");
        if (wasInUse(aside)) {
            rename(aside);
            return;
        }
        DatabaseDirectories.remove(aside);
        if (!Files.exists(superuserPassword)) {
            DatabaseDirectories.replace(superuserPassword, randomPassword());
        }
        account.adopt(directory);
        ProgramRun initialised = ProgramRun.run(
                account.prefix(),
                binaries.program("initdb"),
                "--pgdata=" + aside,
                "--username=" + Superuser.NAME,
                "--pwfile=" + superuserPassword,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--data-checksums");
        if (!initialised.succeeded()) {
            throw new EmbeddedDatabaseException("database.directory: cannot create a database in " + directory + ": "
                    + ProgramRun.fault(initialised.output()));
        }
        rename(aside);
    }

    private void rename(Path aside) {
        try {
            DurableDirectory.rename(aside, data);
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("database.directory: cannot rename " + aside + ": " + Fault.of(e), e);
        }
    }

    /**
     * Whether a file system forgot that this was renamed: before the name was forced, some did when power was lost, and gave
     * the whole database its first name again. Only what has its final name is configured.
     */
    private static boolean wasInUse(Path aside) {
        try {
            return Files.readString(aside.resolve(CONFIGURATION)).startsWith(FIRST_LINE);
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("database.directory: cannot read " + aside + ": " + Fault.of(e), e);
        }
    }

    /**
     * Writes the whole configuration. The server listens on loopback alone, at {@code port}; every acknowledged commit is
     * on disk; its log keeps a week and leaves out errors of statements, which the registry reports itself.
     */
    void configure(int port) {
        DatabaseDirectories.replace(data.resolve(CONFIGURATION), FIRST_LINE + """
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = ''
                max_connections = 80
                shared_buffers = 64MB
                work_mem = 4MB
                maintenance_work_mem = 64MB
                max_wal_size = 512MB
                min_wal_size = 64MB
                fsync = on
                synchronous_commit = on
                full_page_writes = on
                timezone = 'UTC'
                log_timezone = 'UTC'
                lc_messages = 'C'
                jit = off
                max_logical_replication_workers = 0
                max_wal_senders = 0
                wal_level = minimal
                log_min_messages = log
                log_checkpoints = off
                logging_collector = on
                log_directory = 'log'
                log_filename = 'postgresql-%%a.log'
                log_rotation_age = 1d
                log_rotation_size = 0
                log_truncate_on_rotation = on
                """.formatted(port));
        DatabaseDirectories.replace(data.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 scram-sha-256\n");
    }

    /** The password that {@link #create} gave the superuser. */
    String superuserPassword() {
        try {
            return Files.readString(superuserPassword).strip();
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database.directory: cannot read " + superuserPassword + ": " + Fault.of(e), e);
        }
    }

    static String randomPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
