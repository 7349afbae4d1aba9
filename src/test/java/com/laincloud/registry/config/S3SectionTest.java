package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.config.S3.Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class S3SectionTest {

    private static S3 read(String section) {
        return new SettingSources()
                .file("storage: " + section)
                .settings()
                .storage()
                .s3()
                .orElseThrow();
    }

    @Test
    void aBucketAndItsRegionAreEnough() {
        assertThat(read("{s3: {bucket: layers, region: eu-west-1}}"))
                .isEqualTo(new S3(
                        Optional.empty(),
                        Optional.empty(),
                        "eu-west-1",
                        "layers",
                        Optional.empty(),
                        false,
                        false,
                        false,
                        Optional.empty(),
                        10 << 20,
                        "",
                        Optional.empty(),
                        Optional.empty(),
                        Path.of(System.getProperty("java.io.tmpdir")),
                        4L << 30));
    }

    @Test
    void everyKeyHasItsPlace() {
        assertThat(read("{s3: {bucket: layers, region: garage, regionendpoint: 'http://store:3900',"
                        + " redirectendpoint: layers.example.com, accesskey: key,"
                        + " secretkey: hidden, sessiontoken: guest, forcepathstyle: false, skipverify: true,"
                        + " encrypt: true, keyid: kms, chunksize: 5242880, rootdirectory: /a/b/,"
                        + " storageclass: STANDARD_IA, objectacl: bucket-owner-full-control, scratch: /scratch,"
                        + " scratchsize: 15728640}}"))
                .isEqualTo(new S3(
                        Optional.of(URI.create("http://store:3900")),
                        Optional.of(URI.create("https://layers.example.com")),
                        "garage",
                        "layers",
                        Optional.of(new Credentials("key", "hidden", Optional.of("guest"))),
                        false,
                        true,
                        true,
                        Optional.of("kms"),
                        5 << 20,
                        "a/b",
                        Optional.of("STANDARD_IA"),
                        Optional.of("bucket-owner-full-control"),
                        Path.of("/scratch"),
                        15 << 20))
                .satisfies(s3 -> assertThat(s3.toString()).doesNotContain("hidden", "guest"));
    }

    @Test
    void wordsAreTakenInWhateverLetters() {
        assertThat(read("{s3: {bucket: layers, region: a, storageclass: standard_ia}}")
                        .storageClass())
                .contains("STANDARD_IA");
        assertThat(read("{s3: {bucket: layers, region: a, storageclass: standard}}")
                        .storageClass())
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'regionendpoint: store:9000', https://store:9000",
        "'regionendpoint: store:9000, secure: false', http://store:9000",
        "'regionendpoint: http://store, secure: true', http://store"
    })
    void anAddressWithoutASchemeHasTheOneThatSecureSays(String keys, URI endpoint) {
        S3 read = read("{s3: {bucket: layers, " + keys + "}}");
        assertThat(read.endpoint()).contains(endpoint);
        assertThat(read.pathStyle()).isTrue();
        assertThat(read.region()).isEqualTo("us-east-1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{s3aws: {bucket: layers, region: a}}", "{s3aws: {bucket: layers}, s3: {region: a}}"})
    void theOtherNameOfTheDriverIsTheSame(String section) {
        assertThat(read(section).bucket()).isEqualTo("layers");
    }

    @Test
    void theDriverMayBeNamedAlone() {
        for (String name : new String[] {"s3", "s3aws"}) {
            SettingSources sources = new SettingSources()
                    .environment(Map.of(
                            "REGISTRY_STORAGE",
                            name,
                            "REGISTRY_STORAGE_S3_BUCKET",
                            "layers",
                            "REGISTRY_STORAGE_S3AWS_REGION",
                            "a",
                            "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY",
                            "/database/too"));
            assertThat(sources.settings().storage().driver()).isEqualTo(Storage.Driver.S3);
            assertThat(sources.settings().storage().s3())
                    .hasValueSatisfying(s3 -> assertThat(s3.region()).isEqualTo("a"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "region: a | storage.s3.bucket: is missing",
                "bucket: a | storage.s3.region: is missing",
                "bucket: a, region: b, accesskey: c | storage.s3.secretkey: is missing, and the other of the two is there",
                "bucket: a, region: b, secretkey: c | storage.s3.accesskey: is missing, and the other of the two is there",
                "bucket: a, region: b, chunksize: 5242879 | must be a number of bytes from 5242880 to 5368709120",
                "bucket: a, region: b, v4auth: false | must be true",
                "bucket: a, region: b, storageclass: COLD | must be one of GLACIER_IR",
                "bucket: a, region: b, objectacl: everyone | must be one of authenticated-read",
                "bucket: a, regionendpoint: 'ftp://b' | must be an address such as"
            })
    void whatCannotBeUsedIsSaid(String keys, String words) {
        SettingSources sources = new SettingSources().file("storage: {s3: {" + keys + "}}");
        assertThatThrownBy(sources::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(words);
    }
}
