package com.laincloud.registry.it;

import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import java.io.StringReader;
import java.util.List;

/** Lays secret files upon a release as LAIN's tool for it does, in manifests of schema 1. */
public final class SecretFiles {

    private SecretFiles() {}

    /** The upper layer of one image upon all of another, not signed yet. */
    public static JsonObject overlay(JsonObject lower, JsonObject upper, String tag) {
        JsonObject below = image(lower, 0);
        int top = 0;
        while (image(upper, top).getBoolean("throwaway", false)) {
            top++;
        }
        JsonObject image = Json.createObjectBuilder(image(upper, top))
                .add("id", "f".repeat(63) + "0")
                .add("parent", below.getString("id"))
                .add("config", below.getJsonObject("container_config"))
                .build();
        JsonArrayBuilder layers =
                Json.createArrayBuilder().add(upper.getJsonArray("fsLayers").get(top));
        lower.getJsonArray("fsLayers").forEach(layers::add);
        JsonArrayBuilder history =
                Json.createArrayBuilder().add(Json.createObjectBuilder().add("v1Compatibility", image.toString()));
        lower.getJsonArray("history").forEach(history::add);
        return Json.createObjectBuilder(lower)
                .remove("signatures")
                .add("tag", tag)
                .add("fsLayers", layers)
                .add("history", history)
                .build();
    }

    /** What a manifest says of a layer, counted from the top. */
    public static JsonObject image(JsonObject manifest, int position) {
        JsonArray history = manifest.getJsonArray("history");
        try (JsonReader reader = Json.createReader(
                new StringReader(history.getJsonObject(position).getString("v1Compatibility")))) {
            return reader.readObject();
        }
    }

    /** The layers of a manifest, the top first. */
    public static List<String> blobSums(JsonObject manifest) {
        return manifest.getJsonArray("fsLayers").getValuesAs(JsonObject.class).stream()
                .map(layer -> layer.getString("blobSum"))
                .toList();
    }
}
