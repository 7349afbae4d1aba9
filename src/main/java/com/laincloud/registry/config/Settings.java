package com.laincloud.registry.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Temporary. */
public record Settings(Http http, Log log, Storage storage, Database database) {
    public record Http(HostAndPort addr) {}

    public enum Level {
        ERROR,
        WARN,
        INFO,
        DEBUG
    }

    public enum Formatter {
        TEXT,
        JSON
    }

    public enum Driver {
        FILESYSTEM,
        INMEMORY
    }

    public record Log(Level level, Formatter formatter, Map<String, String> fields) {}

    public record Storage(Driver driver, Path rootDirectory) {}

    public record Database(
            Optional<String> url, Optional<String> username, Optional<String> password, Path directory) {}

    public static Settings read(SettingValues values) {
        String addr = values.value("registry.http.addr").orElse(":5000");
        int colon = addr.lastIndexOf(':');
        int port;
        try {
            port = Integer.parseInt(addr.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new InvalidSettingException("http.addr: " + addr + " is not an address");
        }
        Path root = Path.of(
                values.value("registry.storage.filesystem.rootdirectory").orElse("/var/lib/registry"));
        return new Settings(
                new Http(new HostAndPort(addr.substring(0, Math.max(0, colon)), port)),
                new Log(
                        Level.valueOf(values.value("registry.log.level")
                                .orElse("info")
                                .toUpperCase(java.util.Locale.ROOT)),
                        Formatter.valueOf(values.value("registry.log.formatter")
                                .orElse("text")
                                .toUpperCase(java.util.Locale.ROOT)),
                        Map.of()),
                new Storage(
                        values.value("registry.storage").orElse("").equals("inmemory")
                                        || values.value("registry.storage.inmemory")
                                                .isPresent()
                                ? Driver.INMEMORY
                                : Driver.FILESYSTEM,
                        root),
                new Database(
                        values.value("registry.database.url"),
                        values.value("registry.database.username"),
                        values.value("registry.database.password"),
                        values.value("registry.database.directory")
                                .map(Path::of)
                                .orElse(root.resolve("postgresql"))));
    }
}
