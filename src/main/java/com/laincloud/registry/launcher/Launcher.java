package com.laincloud.registry.launcher;

import com.laincloud.registry.config.InvalidSettingException;
import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.embedded.EmbeddedDatabaseException;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The main class. Ends with status 0, or with 1 and exactly one line on standard error, or with 2 if a command has done what
 * it should and not found all as it should be.
 */
public final class Launcher {

    private static final String APPLICATION = "com.laincloud.registry.";

    private Launcher() {}

    public static void main(String[] words) {
        PrintStream output = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        PrintStream errors = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.setOut(new PrintStream(OutputStream.nullOutputStream())); // the server prints things for its developers
        try {
            if (!run(Command.parse(List.of(words)), output)) {
                System.exit(2);
            }
        } catch (LaunchException | InvalidSettingException | EmbeddedDatabaseException e) {
            errors.println("registry: " + e.getMessage());
            silenceServer();
            System.exit(1);
        }
    }

    /** The server's farewells, for which no log handler is left when the process exits, would go to standard error. */
    static void silenceServer() {
        System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    }

    private static boolean run(Command command, PrintStream output) {
        switch (command) {
            case Command.Serve serve -> new Server(output, version()).run(serve.configuration());
            case Command.Import tree -> {
                return new TreeImport(output).run(tree.directory(), tree.verifies());
            }
            case Command.Collect collect -> {
                return runApplication(
                        "garbage-collect",
                        "collection.CollectCommand",
                        output,
                        collect.isDryRun(),
                        collect.deletesUntagged(),
                        collect.isAtOnce());
            }
            case Command.Retention retention -> {
                return runApplication("retention", "retention.RetentionCommand", output, retention.words());
            }
            case Command.Restore restore -> {
                return runApplication("restore", "collection.RestoreCommand", output, restore.words());
            }
            case Command.Rename rename -> {
                return runApplication(
                        "rename",
                        "repository.RenameCommand",
                        output,
                        List.of(rename.previous(), rename.next(), String.valueOf(rename.alias())));
            }
            case Command.Release release -> {
                return new ApplicationCommand("release", APPLICATION + "manifest.ReleaseCommand", output::println)
                        .run(Settings.read(new ProcessSettingValues()), List.of(release.file()));
            }
            case Command.Delete delete -> {
                return runApplication("delete", "manifest.DeleteCommand", output, List.of(delete.repository()));
            }
            case Command.CheckRecord check -> {
                return runApplication("check", "audit.CheckCommand", output, check.heads());
            }
            case Command.CheckIntegrity check -> {
                return runApplication(
                        "check",
                        "integrity.IntegrityCommand",
                        output,
                        check.repairs(),
                        check.isAtOnce(),
                        check.claims());
            }
            case Command.Migrate migrate -> {
                return runApplication("migrate", "migration.MigrateCommand", output, migrate.words());
            }
            case Command.Sql sql -> new AuditQuery(output).run(sql.query());
            case Command.Config config -> new SettingTable(output).run(config.configuration());
            case Command.Version ignored -> output.println("registry " + version());
            case Command.Help ignored -> output.print(Command.USAGE);
        }
        return true;
    }

    private static boolean runApplication(String verb, String type, PrintStream output, Object... arguments) {
        return new ApplicationCommand(verb, APPLICATION + type, output)
                .run(Settings.read(new ProcessSettingValues()), arguments);
    }

    private static String version() {
        return Optional.ofNullable(Launcher.class.getPackage().getImplementationVersion())
                .orElse("unpackaged");
    }
}
