package com.laincloud.registry.config;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import com.laincloud.registry.etcd.EtcdKeys;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonObjectBuilder;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.IOException;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The last keys of etcd that made good settings, in a file: a registry that is started while etcd is down goes on with them.
 * Only the owner may read it, and it is never seen half-written: it is written aside, forced, and renamed.
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
            EtcdState read = new EtcdState(
                    state.getString("prefix"), Instant.parse(state.getString("readAt")), new EtcdKeys(values, 0));
            return read.prefix.equals(etcd.prefix()) ? Optional.of(read) : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (JsonException | ClassCastException | NullPointerException | DateTimeException e) {
            throw new IOException("is damaged", e);
        }
    }

    void write(Path file) throws IOException {
        JsonObjectBuilder values = Json.createObjectBuilder();
        new TreeMap<>(keys.values()).forEach(values::add);
        String text = Json.createObjectBuilder()
                .add("prefix", prefix)
                .add("readAt", readAt.toString())
                .add("keys", values)
                .build()
                .toString();
        @Nullable Path directory = file.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        Path aside = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid() + ".new");
        Files.deleteIfExists(aside);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (FileChannel channel = FileChannel.open(aside, Set.of(CREATE_NEW, WRITE), ownerOnly)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
