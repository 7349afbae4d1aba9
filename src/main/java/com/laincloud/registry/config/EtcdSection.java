package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.TlsFiles;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The settings about etcd, which cannot come from etcd. */
final class EtcdSection {

    private static final String STATE_FILE = "etcd-settings.json";

    private EtcdSection() {}

    /**
     * Where etcd is; empty if settings do not come from there.
     *
     * @throws InvalidSettingException naming the first setting that cannot be used
     */
    static Optional<Etcd> read(SettingValues values) {
        SettingReader reader = new SettingReader(values);
        EtcdCluster.Api api = reader.choice("etcd.api", EtcdCluster.Api.class);
        TlsFiles tls = new TlsFiles(
                reader.optionalPath("etcd.tls.ca"),
                reader.optionalPath("etcd.tls.certificate"),
                reader.optionalPath("etcd.tls.key"));
        Optional<EtcdCluster.Login> login = reader.text("etcd.username")
                .map(name ->
                        new EtcdCluster.Login(name, reader.text("etcd.password").orElse("")));
        Setting prefix = reader.required("etcd.prefix");
        if (!prefix.value().startsWith("/")) {
            throw InvalidSettingException.of(prefix, "a key such as /lain/config");
        }
        Path stateFile = reader.optionalPath("etcd.statefile")
                .orElseGet(() -> reader.path("storage.filesystem.rootdirectory").resolve(STATE_FILE));
        List<URI> endpoints = reader.endpoints("etcd.endpoints");
        Etcd etcd = new Etcd(
                new EtcdCluster(endpoints, api, login, tls),
                prefix.value().replaceAll("/+$", ""),
                reader.duration("etcd.timeout"),
                stateFile,
                reader.choice("etcd.malformedauth", MalformedAuth.class) == MalformedAuth.REFUSE);
        return endpoints.isEmpty() ? Optional.empty() : Optional.of(etcd);
    }

    /** What a malformed value of LAIN's key means. */
    private enum MalformedAuth {
        OPEN,
        REFUSE
    }
}
