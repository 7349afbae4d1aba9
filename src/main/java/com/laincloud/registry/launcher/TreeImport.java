package com.laincloud.registry.launcher;

import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Setting;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code registry import}. Nothing is moved or copied, so the directory is the storage root of the registry that is to serve
 * it: one that is configured otherwise is refused, and where none is configured, the directory is it.
 */
final class TreeImport {

    private static final String ROOT = "storage.filesystem.rootdirectory";
    private static final String COMMAND = "com.laincloud.registry.adoption.ImportCommand";

    private final PrintStream output;

    TreeImport(PrintStream output) {
        this.output = output;
    }

    /** Returns whether all of the tree could be imported. */
    boolean run(Optional<Path> directory, boolean verifies) {
        directory.ifPresent(TreeImport::makeRoot);
        Settings settings = Settings.read(new ProcessSettingValues());
        ApplicationCommand command = new ApplicationCommand("import", COMMAND, output);
        boolean isWhole = command.run(settings, verifies);
        if (settings.storage().driver() == Storage.Driver.FILESYSTEM) {
            command.tell("to serve it, " + ROOT + " is "
                    + settings.storage().rootDirectory().toAbsolutePath().normalize());
        }
        return isWhole;
    }

    private static void makeRoot(Path directory) {
        ProcessSettingValues values = new ProcessSettingValues();
        Storage.Driver driver = Settings.read(values).storage().driver();
        if (driver != Storage.Driver.FILESYSTEM) {
            throw new LaunchException("import: nothing is copied, so the tree must lie where the storage driver "
                    + driver.name().toLowerCase(Locale.ROOT) + " keeps its bytes, and no directory is given");
        }
        Path root = directory.toAbsolutePath().normalize();
        if (!Files.isDirectory(root.resolve("docker/registry/v2/repositories"))) {
            throw new LaunchException("import: there is no tree of a docker/distribution in " + directory + ": "
                    + root.resolve("docker/registry/v2/repositories") + " is missing");
        }
        Optional<Setting> configured = values.configured().stream()
                .filter(setting -> setting.key().equals(ROOT))
                .findFirst();
        if (configured.isPresent() && !isSame(root, Path.of(configured.get().value()))) {
            throw new LaunchException("import: nothing is copied, so the tree must lie in the storage root, but " + ROOT
                    + " from " + configured.get().source() + " is "
                    + configured.get().value());
        }
        System.setProperty("registry." + ROOT, root.toString());
    }

    private static boolean isSame(Path one, Path other) {
        try {
            return Files.isSameFile(one, other);
        } catch (IOException e) {
            return false; // one of them is not there
        }
    }
}
