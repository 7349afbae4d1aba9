package com.laincloud.registry.retention;

import com.laincloud.registry.index.Blob;
import com.laincloud.registry.index.StoredManifest;
import com.laincloud.registry.index.TagRetention;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.JsonDocument;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageException;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.InputStream;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When images say they were made: the {@code created} of the configuration. An index is as old as the youngest of the images
 * that it lists. Images of schema 1 do not say.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md">image-spec, configuration</a>
 */
final class ImageAge {

    private static final int MAX_CONFIGURATION = 1 << 20;

    private final TagRetention rows;
    private final StorageDriver storage;

    ImageAge(TagRetention rows, StorageDriver storage) {
        this.rows = rows;
        this.storage = storage;
    }

    private static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1;

        UnreadableException(String fault) {
            super(fault);
        }
    }

    /** Reads when an image was made, and notes it, or why that cannot be read. */
    void note(long repository, long manifest) throws SQLException {
        Instant created = null;
        String fault = null;
        try {
            created = created(repository, manifest).orElse(null);
        } catch (UnreadableException | RegistryException | StorageException | IOException e) {
            fault = String.valueOf(e.getMessage());
        }
        rows.noteAge(manifest, created, fault);
    }

    private Optional<Instant> created(long repository, long number)
            throws SQLException, UnreadableException, IOException {
        StoredManifest stored =
                rows.manifest(number).orElseThrow(() -> new UnreadableException("the manifest is gone"));
        Manifest manifest = ManifestParser.parse(stored.payload(), stored.mediaType());
        if (manifest instanceof Manifest.ImageManifest image) {
            return Optional.of(created(image.config().digest()));
        }
        Instant youngest = null;
        for (Descriptor child : manifest.children()) {
            long childNumber = rows.manifest(repository, child.digest())
                    .orElseThrow(() -> new UnreadableException(child.digest() + " is not in the repository"));
            Instant created = created(repository, childNumber).orElse(null);
            youngest = younger(youngest, created);
        }
        return Optional.ofNullable(youngest);
    }

    private static @Nullable Instant younger(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }

    private Instant created(Digest configuration) throws SQLException, UnreadableException, IOException {
        Blob blob = rows.blob(configuration)
                .orElseThrow(() -> new UnreadableException("the configuration " + configuration + " is gone"));
        if (blob.size() > MAX_CONFIGURATION) {
            throw new UnreadableException("the configuration has " + blob.size() + " bytes");
        }
        byte[] bytes;
        try (InputStream content = storage.content(blob.key(), blob.size()).open(0)) {
            bytes = content.readAllBytes();
        }
        JsonValue created = JsonDocument.read(bytes).get("created");
        if (!(created instanceof JsonString text)) {
            throw new UnreadableException("the configuration does not say");
        }
        return moment(text.getString());
    }

    private static Instant moment(String text) throws UnreadableException {
        try {
            OffsetDateTime moment = OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.UTC);
            if (moment.getYear() < 1 || moment.getYear() > 9999) {
                throw new UnreadableException("its year is " + moment.getYear());
            }
            return moment.toInstant();
        } catch (DateTimeParseException e) {
            throw new UnreadableException(
                    "the configuration says \"" + text.substring(0, Math.min(text.length(), 40)) + "\"");
        }
    }
}
