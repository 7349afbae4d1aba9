package com.laincloud.registry.config;

import com.laincloud.registry.config.S3.Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The section {@code storage.s3}, as docker/distribution means it; and what another section of the same kind has in common with it. */
final class S3Section {

    private static final long SMALLEST_PART = 5L << 20;
    private static final long LARGEST_PART = 5L << 30;
    private static final int PARTS_ON_THEIR_WAY = 3;

    /** What is meant where a store of one's own does not care. */
    private static final String ANY_REGION = "us-east-1";

    private static final Set<String> CLASSES = Set.of(
            "NONE",
            "STANDARD",
            "REDUCED_REDUNDANCY",
            "STANDARD_IA",
            "ONEZONE_IA",
            "INTELLIGENT_TIERING",
            "OUTPOSTS",
            "GLACIER_IR");

    private static final Set<String> ACLS = Set.of(
            "private",
            "public-read",
            "public-read-write",
            "authenticated-read",
            "aws-exec-read",
            "bucket-owner-read",
            "bucket-owner-full-control");

    private final SettingReader reader;
    private final String section;

    /** @param section its name, and a dot */
    S3Section(SettingReader reader, String section) {
        this.reader = reader;
        this.section = section;
    }

    /** @throws InvalidSettingException naming the first that cannot be used */
    static S3 read(SettingReader reader) {
        return new S3Section(reader, "storage.s3.").read();
    }

    private S3 read() {
        reader.only(section + "v4auth", "true");
        Optional<URI> endpoint = address("regionendpoint");
        Optional<URI> redirectEndpoint = address("redirectendpoint");
        return new S3(
                endpoint,
                redirectEndpoint,
                endpoint.isPresent()
                        ? text("region").orElse(ANY_REGION)
                        : reader.required(section + "region").value(),
                reader.required(section + "bucket").value(),
                credentials(),
                (endpoint.isPresent() || redirectEndpoint.isPresent()) && reader.bool(section + "forcepathstyle"),
                reader.bool(section + "skipverify"),
                reader.bool(section + "encrypt"),
                text("keyid"),
                partSize(),
                rootDirectory(),
                oneOf("storageclass", CLASSES).filter(name -> !name.equals("NONE") && !name.equals("STANDARD")),
                oneOf("objectacl", ACLS).filter(name -> !name.equals("private")),
                scratch(),
                scratchSize());
    }

    String rootDirectory() {
        return text("rootdirectory").orElse("").replaceAll("^/+|/+$", "");
    }

    Path scratch() {
        return text("scratch").isPresent()
                ? reader.path(section + "scratch")
                : Path.of(System.getProperty("java.io.tmpdir"));
    }

    private Optional<String> text(String key) {
        return reader.text(section + key);
    }

    /** Without a scheme, {@code secure} tells it. */
    Optional<URI> address(String key) {
        Optional<String> text = text(key);
        if (text.isEmpty() || text.get().contains("://")) {
            return reader.uri(section + key);
        }
        String scheme = reader.bool(section + "secure") ? "https://" : "http://";
        return text.map(address -> SettingFormat.uri(new Setting(
                section + key,
                scheme + address,
                reader.required(section + key).source(),
                reader.required(section + key).ordinal())));
    }

    private Optional<Credentials> credentials() {
        Optional<String> accessKey = text("accesskey");
        Optional<String> secretKey = text("secretkey");
        if (accessKey.isPresent() != secretKey.isPresent()) {
            throw new InvalidSettingException(section + (accessKey.isPresent() ? "secretkey" : "accesskey")
                    + ": is missing, and the other of the two is there");
        }
        return accessKey.map(key -> new Credentials(key, secretKey.orElseThrow(), text("sessiontoken")));
    }

    long partSize() {
        long bytes = reader.bytes(section + "chunksize");
        if (bytes < SMALLEST_PART || bytes > LARGEST_PART) {
            throw InvalidSettingException.of(
                    reader.required(section + "chunksize"),
                    "a number of bytes from " + SMALLEST_PART + " to " + LARGEST_PART);
        }
        return bytes;
    }

    /** With less there would not be room for what one upload has on its way. */
    long scratchSize() {
        long bytes = reader.bytes(section + "scratchsize");
        if (bytes / PARTS_ON_THEIR_WAY < partSize()) {
            throw InvalidSettingException.of(
                    reader.required(section + "scratchsize"),
                    "a number of bytes from " + PARTS_ON_THEIR_WAY + " times " + section + "chunksize");
        }
        return bytes;
    }

    /** In whatever letters, as docker/distribution takes them. */
    private Optional<String> oneOf(String key, Set<String> words) {
        Setting setting = reader.required(section + key);
        Optional<String> word =
                words.stream().filter(setting.value()::equalsIgnoreCase).findFirst();
        if (word.isEmpty()) {
            throw InvalidSettingException.of(
                    setting,
                    "one of " + String.join(", ", words.stream().sorted().toList()));
        }
        return word;
    }
}
