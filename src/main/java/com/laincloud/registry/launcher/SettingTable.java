package com.laincloud.registry.launcher;

import com.laincloud.registry.config.ConfigFile;
import com.laincloud.registry.config.EffectiveSetting;
import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Settings;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * {@code registry config}: prints what a registry that were started here and now would go by. It asks the same sources, etcd
 * among them, but no running registry; that tells at {@code /admin/config} what it goes by.
 */
final class SettingTable {

    private final PrintStream output;

    SettingTable(PrintStream output) {
        this.output = output;
    }

    /** Fails after the table if the settings cannot be used. */
    void run(Optional<Path> configuration) {
        configuration.ifPresent(file -> System.setProperty(
                ConfigFile.PATH_PROPERTY, file.toAbsolutePath().toString()));
        ProcessSettingValues values = new ProcessSettingValues();
        List<List<String>> rows =
                EffectiveSetting.of(values).stream().map(SettingTable::row).toList();
        List<String> columns = List.of("key", "value", "source", "effect", "remark");
        new ResultTable(columns, columns.stream().map(column -> false).toList(), rows).print(output);
        Settings.read(values);
    }

    private static List<String> row(EffectiveSetting setting) {
        return List.of(
                setting.key(),
                setting.value().replaceAll("\\p{Cntrl}", " "),
                setting.source(),
                setting.effect(),
                setting.remark());
    }
}
