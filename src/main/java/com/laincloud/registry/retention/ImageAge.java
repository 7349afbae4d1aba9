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
import java.lang.System.Logger.Level;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When images say they were made: the {@code created} of the configuration. An index is as old as the youngest of the images
 * that it lists. Images of schema 1 do not say.
 *
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md">image-spec, configuration</a>
 */
final class ImageAge {

    private static final System.Logger LOG = System.getLogger(ImageAge.class.getName());
    private static final int MAX_CONFIGURATION = 1 << 20;
    private static final int MAX_FAULT = 200;

    private final TagRetention rows;
    private final StorageDriver storage;

    ImageAge(TagRetention rows, StorageDriver storage) {
        this.rows = rows;
        this.storage = storage;
    }

    private static final class MissingException extends Exception {

        private static final long serialVersionUID = 1;

        MissingException(String thing) {
            super(thing + " is missing");
        }
    }

    private static final class UnreadableException extends Exception {

        private static final long serialVersionUID = 1;

        UnreadableException(String fault) {
            super(fault);
        }
    }

    /**
     * Reads when an image was made, and notes it, or why its configuration does not tell. What cannot be read for now, because
     * the storage fails or something is missing, is not noted: it is read again the next time.
     */
    void note(long repository, long manifest) throws SQLException {
        try {
            rows.noteAge(
                    manifest, created(repository, manifest, new HashMap<>()).orElse(null), null);
        } catch (UnreadableException | RegistryException e) {
            String fault = String.valueOf(e.getMessage()).replaceAll("\\p{Cntrl}", "?");
            rows.noteAge(manifest, null, fault.substring(0, Math.min(fault.length(), MAX_FAULT)));
        } catch (MissingException | StorageException | IOException e) {
            LOG.log(Level.WARNING, "the age of an image cannot be read now, so its tags stay: " + e.getMessage());
        }
    }

    /** @param known what was read already, for an index may list one image many times */
    private Optional<Instant> created(long repository, long number, Map<Long, Optional<Instant>> known)
            throws SQLException, UnreadableException, MissingException, IOException {
        Optional<Instant> before = known.get(number);
        if (before != null) {
            return before;
        }
        StoredManifest stored = rows.manifest(number).orElseThrow(() -> new MissingException("a manifest"));
        Manifest manifest = ManifestParser.parse(stored.payload(), stored.mediaType());
        Optional<Instant> created = Optional.empty();
        if (manifest instanceof Manifest.ImageManifest image) {
            created = Optional.of(created(image.config().digest()));
        }
        for (Descriptor child : manifest.children()) {
            long childNumber = rows.manifest(repository, child.digest())
                    .orElseThrow(() -> new MissingException(child.digest().toString()));
            created = Optional.ofNullable(younger(
                    created.orElse(null),
                    created(repository, childNumber, known).orElse(null)));
        }
        known.put(number, created);
        return created;
    }

    private static @Nullable Instant younger(@Nullable Instant one, @Nullable Instant other) {
        if (one == null || other == null) {
            return one == null ? other : one;
        }
        return one.isAfter(other) ? one : other;
    }

    private Instant created(Digest configuration)
            throws SQLException, UnreadableException, MissingException, IOException {
        Blob blob = rows.blob(configuration).orElseThrow(() -> new MissingException(configuration.toString()));
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
