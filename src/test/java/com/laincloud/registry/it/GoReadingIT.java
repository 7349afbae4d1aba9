package com.laincloud.registry.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.fuzz.MutatedText;
import com.laincloud.registry.fuzz.Seed;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.Manifest.ImageIndex;
import com.laincloud.registry.oci.Manifest.ImageManifest;
import com.laincloud.registry.oci.ManifestParser;
import com.laincloud.registry.oci.RegistryException;
import jakarta.json.Json;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Most clients are written in Go: what the registry accepts, Go's own decoder reads as the same. */
class GoReadingIT {

    private static final int DOCUMENTS = 30_000;

    private static final String IMAGE = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","artifactType":"a/b",
            "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:%1$s","size":7},
            "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:%2$s","size":23},
            {"mediaType":"application/vnd.oci.image.layer.nondistributable.v1.tar","digest":"sha256:%3$s","size":0,
            "urls":["https://example.com/a"]}],
            "subject":{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%3$s","size":1},
            "annotations":{"key":"value","K":"\\u00e9\\ud83d\\ude00"}}""".formatted("a".repeat(64), "b".repeat(64), "c".repeat(64));

    private static final String INDEX = """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%1$s","size":7,
            "platform":{"os":"linux","architecture":"amd64"}},
            {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:%2$s","size":8}],
            "annotations":{}}""".formatted("a".repeat(64), "b".repeat(64));

    /** Names that Go takes for known ones, and values that readers differ on. */
    private static final List<String> MEMBERS = List.of(
            "\"Manifests\":[]",
            "\"manife\u017ft\u017f\":[]",
            "\"manifest\\u017f\":[]",
            "\"LAYERS\":[]",
            "\"layer\u017f\":[]",
            "\"\\u006cayers\":[]",
            "\"MediaType\":\"x/y\"",
            "\"mediaType\":\"x/y\"",
            "\"Digest\":\"sha256:0\"",
            "\"digest\":\"sha256:0\"",
            "\"Size\":5",
            "\"\u017fize\":5",
            "\"size\":5",
            "\"size\":1e0",
            "\"size\":-0",
            "\"size\":7.0",
            "\"size\":null",
            "\"config\":null",
            "\"Config\":null",
            "\"subject\":null",
            "\"\u017fubject\":{}",
            "\"annotations\":null",
            "\"annotations\":{\"a\":null}",
            "\"annotations\":{\"a\":\"1\",\"a\":\"2\"}",
            "\"annotations\":{\"a\":\"\\ud800\"}",
            "\"urls\":null",
            "\"Urls\":[\"ftp://x\"]",
            "\"fsLayers\":[]",
            "\"FSLayers\":[]",
            "\"f\u017fLayer\u017f\":[]",
            "\"schemaVersion\":1",
            "\"SchemaVersion\":1",
            "\"artifactType\":\"\"",
            "\"ArtifactType\":\"x/y\"",
            "\"platform\":null",
            "\"other\":{\"layers\":[1,2]}",
            "\"\":1",
            "\"a\\u0000b\":1",
            "\"\u212aey\":1");

    private static final List<String> AROUND = List.of("", " ", "\n", "\ufeff", "{}", "null", "\0", "//", "\u00a0");

    @TempDir
    private Path directory;

    @Test
    void whatIsAcceptedIsReadAlikeByGo() throws Exception {
        Seed seed = Seed.ofThisRun();
        Random random = seed.random();
        List<byte[]> documents = new ArrayList<>();
        List<Map<String, Object>> read = new ArrayList<>();
        for (int i = 0; i < DOCUMENTS; i++) {
            byte[] document = document(random);
            try {
                read.add(reading(ManifestParser.parse(document, null)));
                documents.add(document);
            } catch (RegistryException e) {
                // no reader ever gets it from here
            }
        }

        List<String> answers = readByGo(documents);

        assertThat(documents).as("%s: accepted documents", seed).hasSizeGreaterThan(DOCUMENTS / 20);
        for (int i = 0; i < answers.size(); i++) {
            String text = new String(documents.get(i), UTF_8);
            assertThat(answers.get(i)).as("%s: Go refuses %s", seed, text).isNotEqualTo("null");
            assertThat(reading(answers.get(i))).as("%s: %s", seed, text).isEqualTo(read.get(i));
        }
    }

    private static byte[] document(Random random) {
        String text = random.nextBoolean() ? IMAGE : INDEX;
        for (int i = random.nextInt(3); i > 0; i--) {
            text = withMember(text, MEMBERS.get(random.nextInt(MEMBERS.size())), random);
        }
        if (random.nextInt(4) == 0) {
            text = AROUND.get(random.nextInt(AROUND.size())) + text + AROUND.get(random.nextInt(AROUND.size()));
        }
        byte[] document = text.getBytes(UTF_8);
        return random.nextInt(3) == 0 ? MutatedText.of(document, random) : document;
    }

    /** The document with one more member in some object of it, or with that in place of another of its name. */
    private static String withMember(String text, String member, Random random) {
        int[] objects = Stream.iterate(text.indexOf('{'), at -> at >= 0, at -> text.indexOf('{', at + 1))
                .mapToInt(Integer::intValue)
                .toArray();
        int at = objects[random.nextInt(objects.length)] + 1;
        String name = member.substring(0, member.indexOf(':') + 1);
        int same = text.indexOf(name, at);
        if (same >= 0 && random.nextBoolean()) {
            return text.substring(0, same) + member + ",\"was\":" + text.substring(same + name.length());
        }
        String separator = text.charAt(at) == '}' ? "" : ",";
        return text.substring(0, at) + member + separator + text.substring(at);
    }

    private List<String> readByGo(List<byte[]> documents) throws IOException, InterruptedException {
        Path questions = directory.resolve("documents");
        Path answers = directory.resolve("answers");
        Files.write(
                questions,
                documents.stream().map(Base64.getEncoder()::encodeToString).toList(),
                ISO_8859_1);
        Process reader = new ProcessBuilder(Path.of("target", "go", "manifestreader")
                        .toAbsolutePath()
                        .toString())
                .redirectInput(questions.toFile())
                .redirectOutput(answers.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(reader.waitFor()).isZero();
        return Files.readAllLines(answers);
    }

    private static Map<String, Object> reading(Manifest manifest) {
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put("mediaType", manifest.mediaType());
        reading.put("subject", digest(manifest.subject()));
        reading.put("annotations", manifest.annotations());
        switch (manifest) {
            case ImageManifest image -> {
                reading.put("config", text(image.config()));
                reading.put("blobs", texts(image.layers()));
                reading.put("children", List.of());
            }
            case ImageIndex index -> {
                reading.put("config", "");
                reading.put("blobs", List.of());
                reading.put("children", texts(index.children()));
            }
            case Manifest.Schema1Manifest schema1 -> throw new AssertionError("schema 1: " + schema1);
        }
        return reading;
    }

    private static Map<String, Object> reading(String answer) {
        JsonObject go = Json.createReader(new StringReader(answer)).readObject();
        assertThat(go.get("fsLayers")).isEqualTo(JsonValue.NULL);
        assertThat(go.getInt("schemaVersion")).isEqualTo(2);
        Map<String, Object> reading = new LinkedHashMap<>();
        reading.put("mediaType", go.getString("mediaType"));
        reading.put(
                "subject",
                go.isNull("subject") ? "" : go.getJsonObject("subject").getString("digest"));
        Map<String, String> annotations = new LinkedHashMap<>();
        if (!go.isNull("annotations")) {
            go.getJsonObject("annotations")
                    .forEach((key, value) -> annotations.put(key, ((JsonString) value).getString()));
        }
        reading.put("annotations", annotations);
        reading.put("config", go.isNull("config") ? "" : text(go.getJsonObject("config")));
        reading.put("blobs", texts(go, "layers"));
        reading.put("children", texts(go, "manifests"));
        return reading;
    }

    private static String digest(@Nullable Descriptor descriptor) {
        return descriptor == null ? "" : descriptor.digest().toString();
    }

    private static List<String> texts(List<Descriptor> descriptors) {
        return descriptors.stream().map(GoReadingIT::text).toList();
    }

    private static String text(Descriptor descriptor) {
        return descriptor.mediaType() + " " + descriptor.digest() + " " + descriptor.size() + " " + descriptor.urls();
    }

    private static List<String> texts(JsonObject go, String name) {
        return go.isNull(name)
                ? List.of()
                : go.getJsonArray(name).getValuesAs(JsonObject.class).stream()
                        .map(GoReadingIT::text)
                        .toList();
    }

    private static String text(JsonObject descriptor) {
        JsonArray urls = descriptor.containsKey("urls") ? descriptor.getJsonArray("urls") : JsonValue.EMPTY_JSON_ARRAY;
        return descriptor.getString("mediaType") + " " + descriptor.getString("digest") + " "
                + descriptor.getJsonNumber("size").longValueExact() + " "
                + urls.getValuesAs(JsonString.class).stream()
                        .map(JsonString::getString)
                        .toList();
    }
}
