package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/** What comes as a manifest, or as part of a path, is read or refused, and never more than that. */
class ParsersFuzzTest {

    @FuzzTest
    void manifest(byte[] payload) {
        try {
            Manifest manifest = ManifestParser.parse(payload, null);
            assertThat(manifest.descriptors()).containsAll(manifest.requiredBlobs());
            assertThat(manifest.canonical(payload)).isNotEmpty();
        } catch (RegistryException e) {
            assertThat(e.details()).isNotEmpty();
        }
    }

    @FuzzTest
    void manifestOfSchema1(byte[] payload) {
        try {
            Manifest manifest = ManifestParser.parse(payload, MediaTypes.SCHEMA1_SIGNED);
            assertThat(manifest.canonical(payload)).isNotEmpty();
        } catch (RegistryException e) {
            assertThat(e.details()).isNotEmpty();
        }
    }

    @FuzzTest
    void name(byte[] text) {
        String read = new String(text, StandardCharsets.UTF_8);
        requireSound(read, Digest::valueOf);
        requireSound(read, RepositoryName::valueOf);
        requireSound(read, Tag::valueOf);
        requireSound(read, Reference::valueOf);
    }

    private static void requireSound(String text, Function<String, Object> parser) {
        try {
            assertThat(parser.apply(text)).hasToString(text);
        } catch (RegistryException e) {
            assertThat(e.details()).isNotEmpty();
        }
    }
}
