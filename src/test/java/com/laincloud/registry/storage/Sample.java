package com.laincloud.registry.storage;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Bytes to store, the same for the same seed or text. */
public final class Sample {

    private final byte[] bytes;
    private final Digest digest;

    private Sample(byte[] bytes, Digest digest) {
        this.bytes = bytes;
        this.digest = digest;
    }

    public static Sample of(long seed, int length) {
        return of(seed, length, DigestAlgorithm.SHA256);
    }

    public static Sample of(long seed, int length, DigestAlgorithm algorithm) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return new Sample(bytes, Digest.of(algorithm, bytes));
    }

    /** The bytes of a text. */
    public static Sample of(String text) {
        byte[] bytes = text.getBytes(UTF_8);
        return new Sample(bytes, Digest.of(DigestAlgorithm.SHA256, bytes));
    }

    public byte[] bytes() {
        return bytes;
    }

    public Digest digest() {
        return digest;
    }

    public int length() {
        return bytes.length;
    }

    /** Writes these bytes as the only segment of a new upload. */
    public UUID upload(StorageDriver driver) {
        UUID upload = UUID.randomUUID();
        write(driver, upload, 0, 0, 0, bytes.length);
        return upload;
    }

    /** Writes the bytes from {@code from} to {@code to} to a segment that holds {@code offset} bytes already. */
    public void write(StorageDriver driver, UUID upload, int segment, long offset, int from, int to) {
        try (SegmentWriter writer = driver.append(upload, new Segment(Integer.toString(segment), offset))) {
            writer.write(bytes, from, to - from);
        }
    }

    /** Makes an upload that holds these bytes in one segment a blob. */
    public StorageKey commit(StorageDriver driver, UUID upload) {
        return commit(driver, upload, new Segment("0", bytes.length));
    }

    /** Makes an upload that holds these bytes in segments a blob. */
    public StorageKey commit(StorageDriver driver, UUID upload, Segment... segments) {
        return driver.commit(upload, List.of(segments), digest);
    }

    /** Makes these bytes a blob. */
    public StorageKey store(StorageDriver driver) {
        return commit(driver, upload(driver));
    }
}
