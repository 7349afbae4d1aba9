package com.laincloud.registry.config;

import java.time.Duration;
import java.util.Optional;

/**
 * All settings, checked as a whole: an instance exists only if every value in it can be used.
 *
 * @param integrityInterval from one comparison of the index with the storage to the next; empty: there is none
 * @param tagHistory whether clients are told what a tag has named
 */
public record Settings(
        Http http,
        Log log,
        Storage storage,
        GarbageCollection garbageCollection,
        Optional<Duration> integrityInterval,
        Audit audit,
        Retention retention,
        Quota quota,
        Auth auth,
        Database database,
        Pages pages,
        boolean tagHistory,
        Validation validation,
        Schema1 schema1) {

    /**
     * The settings that are configured.
     *
     * @throws InvalidSettingException naming the first that cannot be used
     */
    public static Settings read(SettingValues values) {
        SettingReader reader = new SettingReader(values);
        reader.only("version", "0.1");
        reader.only("http.net", "tcp");
        EtcdSection.read(values);
        Storage.Driver driver = StorageSection.driver(values);
        Storage storage = new Storage(
                driver,
                reader.path("storage.filesystem.rootdirectory"),
                s3(driver, reader),
                Redirects.read(reader),
                reader.bytes("storage.filesystem.reservedbytes"),
                reader.duration("storage.verifiedwithin"),
                reader.bool("storage.delete.enabled"),
                reader.bool("storage.maintenance.readonly.enabled"),
                UploadPurging.read(reader));
        return new Settings(
                new Http(
                        HostAndPort.of(reader.required("http.addr")),
                        reader.uri("http.host"),
                        reader.bool("http.relativeurls"),
                        reader.mapOfLists("http.headers"),
                        reader.duration("http.draintimeout"),
                        reader.duration("http.drainnotice"),
                        reader.bytes("http.minrate"),
                        reader.networks("http.trustedproxies")),
                new Log(
                        reader.level(),
                        reader.formatter("log.formatter"),
                        reader.map("log.fields"),
                        !reader.bool("log.accesslog.disabled")),
                storage,
                GarbageCollection.read(reader),
                reader.optionalInterval("integrity.interval"),
                new Audit(reader.optionalDuration("audit.retention")),
                Retention.read(reader),
                Quota.read(reader),
                AuthSection.read(values, reader),
                new Database(
                        DatabaseAddress.read(reader),
                        reader.text("database.directory").isPresent()
                                ? reader.path("database.directory")
                                : storage.rootDirectory().resolve("postgresql"),
                        reader.count("database.pool.max"),
                        reader.interval("database.pool.wait"),
                        reader.bool("database.requiresynchronousstandby")),
                new Pages(reader.count("catalog.maxentries"), reader.count("tags.maxtags")),
                reader.bool("tags.history.enabled"),
                Validation.read(reader),
                new Schema1(
                        reader.bool("compatibility.schema1.enabled"),
                        reader.firstPath("compatibility.schema1.signingkeyfile", "compatibility.schema1.trustkey")));
    }

    private static Optional<S3> s3(Storage.Driver driver, SettingReader reader) {
        return switch (driver) {
            case S3 -> Optional.of(S3Section.read(reader));
            case OSS -> Optional.of(OssSection.read(reader));
            case FILESYSTEM, INMEMORY -> Optional.empty();
        };
    }
}
