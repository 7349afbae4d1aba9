package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdCluster;
import com.laincloud.registry.etcd.EtcdKeys;
import com.laincloud.registry.etcd.EtcdStore;
import com.laincloud.registry.file.DurableDirectory;
import com.laincloud.registry.file.PrivateFile;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last keys of etcd that made good settings, in a file: a registry that is started while etcd is down goes on with them,
 * and one that is started on an etcd without them knows that there were some.
 *
 * @param prefix of etcd's keys when they were read; those of another prefix mean nothing
 * @param readAt when they were read
 */
record EtcdState(String prefix, Instant readAt, EtcdKeys keys) {

    /**
     * What the file holds; empty if there is none, or one for another prefix.
     *
     * @throws IOException if it is there but cannot be read
     */
    static Optional<EtcdState> read(Etcd etcd) throws IOException {
        try (Reader text = Files.newBufferedReader(etcd.stateFile());
                JsonReader reader = Json.createReader(text)) {
            JsonObject state = reader.readObject();
            Map<String, String> values = new TreeMap<>();
            state.getJsonObject("keys").forEach((key, value) -> values.put(key, ((JsonString) value).getString()));
            EtcdStore store = new EtcdStore(
                    EtcdCluster.Api.valueOf(state.getString("api", EtcdCluster.Api.AUTO.name())),
                    state.getString("cluster", ""));
            long index = Long.parseLong(state.getString("index", "0"));
            EtcdState read = new EtcdState(
                    state.getString("prefix"),
                    Instant.parse(state.getString("readAt")),
                    new EtcdKeys(values, index, store));
            return read.prefix.equals(etcd.prefix()) ? Optional.of(read) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException
                | ClassCastException
                | NullPointerException
                | DateTimeException
                | IllegalArgumentException e) {
            throw new IOException("is damaged", e);
        }
    }

    /** The same, of a store that no etcd matches: every etcd without the keys then counts as one that has lost them. */
    EtcdState ofLostStore() {
        EtcdStore lost = new EtcdStore(keys.store().api(), "");
        return new EtcdState(prefix, readAt, new EtcdKeys(keys.values(), keys.index(), lost));
    }

    void write(Path file) throws IOException {
        JsonObjectBuilder values = Json.createObjectBuilder();
        new TreeMap<>(keys.values()).forEach(values::add);
        String text = Json.createObjectBuilder()
                .add("prefix", prefix)
                .add("readAt", readAt.toString())
                .add("api", keys.store().api().name())
                .add("cluster", keys.store().cluster())
                .add("index", Long.toString(keys.index()))
                .add("keys", values)
                .build()
                .toString();
        @Nullable Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            DurableDirectory.create(directory);
        }
        PrivateFile.replace(file, text);
    }
}
