package com.laincloud.registry.config;

import java.util.stream.Collectors;

/** The page that lists every key there is, and every key of docker/distribution that does nothing, in Markdown. */
final class SettingDocument {

    private SettingDocument() {}

    static String markdown() {
        return """
                # Settings

                Sources, highest first: system properties (`registry.http.addr`), etcd (`/lain/config/registry/http/addr`), the
                environment (`REGISTRY_HTTP_ADDR`), the configuration file (`http: {addr: …}`), the defaults. What is said of a whole
                section, in one of the first three, takes the place of all that sources below say of it: `REGISTRY_STORAGE=inmemory`,
                `REGISTRY_AUTH=`. Values are YAML. *Live*: a change in etcd takes effect at once; otherwise at the next start.

                | key | type | default | effect | variable | note |
                |---|---|---|---|---|---|
                %s

                ## Keys of docker/distribution that do nothing here

                They are accepted, and named in a warning at the start with the reason. A key stands for all beneath it.

                | key | reason |
                |---|---|
                %s
                """.formatted(
                KeyTable.HONOURED.keys().stream().map(SettingDocument::row).collect(Collectors.joining("\n")),
                Unsupported.KEYS.reasons().entrySet().stream()
                        .map(entry -> "| `%s` | %s |".formatted(entry.getKey(), cell(entry.getValue())))
                        .collect(Collectors.joining("\n")));
    }

    private static String row(Key key) {
        return "| `%s` | %s | %s | %s | `%s` | %s |"
                .formatted(
                        key.name(),
                        cell(key.type()),
                        key.defaultValue().isEmpty() ? "" : "`" + cell(key.defaultValue()) + "`",
                        key.isLive() ? "live" : "restart",
                        key.variable(),
                        cell(key.note()));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
