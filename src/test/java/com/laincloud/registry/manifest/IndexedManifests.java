package com.laincloud.registry.manifest;

import com.laincloud.registry.config.OverriddenSettings;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.storage.Sample;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.postgresql.ds.PGSimpleDataSource;

/** A database with manifests in it, and the settings of commands that work on it. */
record IndexedManifests(TemporaryDatabase database) {

    /** With this setting beside those of the database. */
    Settings settings(String key, String value) {
        PGSimpleDataSource serving = (PGSimpleDataSource) database.connections();
        PGSimpleDataSource owner = (PGSimpleDataSource) database.owner();
        Map<String, String> values = new HashMap<>(Map.of(key, value));
        values.put("database.url", String.valueOf(serving.getURL()));
        values.put("database.username", String.valueOf(serving.getUser()));
        values.put("database.password", String.valueOf(serving.getPassword()));
        values.put("database.owner.username", String.valueOf(owner.getUser()));
        values.put("database.owner.password", String.valueOf(owner.getPassword()));
        return Settings.read(new OverriddenSettings(values));
    }

    Settings settings() {
        return settings("storage.delete.enabled", "false");
    }

    /** The digest of a manifest that is there from now on. */
    Digest add(String repository, String content) {
        Digest digest = Sample.of(content).digest();
        database.sql("insert into repository (name) values ('%s') on conflict do nothing".formatted(repository));
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select id, '%s', 'a/b', '%s'::bytea from repository where name = '%s'""".formatted(digest, content, repository));
        return digest;
    }

    /** Each tag of all repositories, and what it names. */
    List<String> tags() {
        return database.sql("""
                select r.name || ':' || t.name, m.digest from tag t
                join repository r on r.id = t.repository_id join manifest m on m.id = t.manifest_id order by 1""");
    }
}
