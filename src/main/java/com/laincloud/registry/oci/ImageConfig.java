package com.laincloud.registry.oci;

import jakarta.json.JsonObject;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.List;

/**
 * The configuration of an image: how it is run, and how its layers came to be.
 *
 * @param document all of it
 * @param architecture empty if it does not say
 * @param layers how many layers it has
 * @param history from the lowest layer up; empty if it does not say
 * @see <a href="https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md">image-spec, configuration</a>
 */
public record ImageConfig(JsonObject document, String architecture, int layers, List<HistoryEntry> history) {

    /**
     * One step of an image's making.
     *
     * @param created as RFC 3339 spells a time; empty if it does not say
     * @param emptyLayer whether it changed no file, and has no layer
     */
    public record HistoryEntry(String created, String createdBy, String author, String comment, boolean emptyLayer) {}

    /**
     * The configuration that {@code content} spells.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_INVALID} if it is no image's
     */
    public static ImageConfig parse(byte[] content) {
        JsonFields document = new JsonFields("", JsonDocument.read(content));
        JsonFields rootfs = document.requiredObject("rootfs");
        if (!rootfs.requiredString("type").equals("layers")) {
            throw rootfs.invalid("type", "is not layers");
        }
        created(document);
        return new ImageConfig(
                document.object(),
                document.string("architecture").orElse(""),
                rootfs.strings("diff_ids").size(),
                document.has("history")
                        ? document.requiredObjects("history").stream()
                                .map(ImageConfig::historyEntry)
                                .toList()
                        : List.of());
    }

    private static HistoryEntry historyEntry(JsonFields entry) {
        return new HistoryEntry(
                created(entry),
                entry.string("created_by").orElse(""),
                entry.string("author").orElse(""),
                entry.string("comment").orElse(""),
                entry.isTrue("empty_layer"));
    }

    private static String created(JsonFields fields) {
        String created = fields.string("created").orElse("");
        try {
            if (!created.isEmpty()) {
                OffsetDateTime.parse(created);
            }
            return created;
        } catch (DateTimeParseException e) {
            throw fields.invalid("created", "is no time: " + created);
        }
    }
}
