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

class OssSectionTest {

    private static final String ACCOUNT = "accesskeyid: key, accesskeysecret: hidden, bucket: layers, ";

    private static S3 read(String keys) {
        return new SettingSources()
                .file("storage: {oss: {" + ACCOUNT + keys + "}}")
                .settings()
                .storage()
                .s3()
                .orElseThrow();
    }

    @Test
    void everyKeyHasItsPlace() {
        assertThat(read("region: oss-cn-hangzhou, encrypt: true, chunksize: 5242880, rootdirectory: /a/b/,"
                        + " scratch: /scratch, scratchsize: 15728640"))
                .isEqualTo(new S3(
                        Optional.of(URI.create("https://s3.oss-cn-hangzhou.aliyuncs.com")),
                        Optional.empty(),
                        "cn-hangzhou",
                        "layers",
                        Optional.of(new Credentials("key", "hidden", Optional.empty())),
                        false,
                        false,
                        true,
                        Optional.empty(),
                        5 << 20,
                        "a/b",
                        Optional.empty(),
                        Optional.empty(),
                        Path.of("/scratch"),
                        15 << 20));
        assertThat(read("region: oss-cn-hangzhou").partSize()).isEqualTo(10 << 20);
        assertThat(read("region: oss-cn-hangzhou").encrypts()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "region: cn-beijing | https://s3.oss-cn-beijing.aliyuncs.com",
                "region: oss-cn-beijing, internal: true | https://s3.oss-cn-beijing-internal.aliyuncs.com",
                "region: oss-cn-beijing, internal: true, secure: false | http://s3.oss-cn-beijing-internal.aliyuncs.com",
                "region: a, endpoint: oss.example.com | https://oss.example.com",
                "region: a, endpoint: 'layers.oss-a.aliyuncs.com', secure: false | http://oss-a.aliyuncs.com",
                "region: a, endpoint: 'http://layers.oss-a.aliyuncs.com:8080' | http://oss-a.aliyuncs.com:8080"
            })
    void theAddressIsThatOfTheRegionOrTheOneThatIsNamed(String keys, URI address) {
        assertThat(read(keys).endpoint()).contains(address);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bucket: a, accesskeyid: b, accesskeysecret: c | storage.oss.region: is missing",
                "region: a, accesskeyid: b, accesskeysecret: c | storage.oss.bucket: is missing",
                "region: a, bucket: b, accesskeysecret: c | storage.oss.accesskeyid: is missing",
                "region: a, bucket: b, accesskeyid: c | storage.oss.accesskeysecret: is missing",
                "region: 'a/b', bucket: b, accesskeyid: c, accesskeysecret: d | must be a region such as oss-cn-hangzhou",
                "region: a, bucket: b, accesskeyid: c, accesskeysecret: d, chunksize: 5242879 | storage.oss.chunksize"
            })
    void whatCannotBeUsedIsSaid(String keys, String words) {
        SettingSources sources = new SettingSources().file("storage: {oss: {" + keys + "}}");
        assertThatThrownBy(sources::settings)
                .isInstanceOf(InvalidSettingException.class)
                .hasMessageContaining(words);
    }

    @Test
    void theDriverMayBeNamedAlone() {
        SettingSources sources = new SettingSources()
                .environment(Map.of(
                        "REGISTRY_STORAGE", "oss",
                        "REGISTRY_STORAGE_OSS_ACCESSKEYID", "key",
                        "REGISTRY_STORAGE_OSS_ACCESSKEYSECRET", "hidden",
                        "REGISTRY_STORAGE_OSS_REGION", "a",
                        "REGISTRY_STORAGE_OSS_BUCKET", "layers",
                        "REGISTRY_STORAGE_FILESYSTEM_ROOTDIRECTORY", "/database/too"));
        assertThat(sources.settings().storage().driver()).isEqualTo(Storage.Driver.OSS);
    }
}
