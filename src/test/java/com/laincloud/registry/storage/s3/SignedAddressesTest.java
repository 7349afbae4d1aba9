package com.laincloud.registry.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.config.S3.Credentials;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class SignedAddressesTest {

    private static final Duration VALIDITY = Duration.ofMinutes(20);
    private static final String KEY = "docker/registry/v2/objects/aa/0";

    private static S3 settings(
            String region, String bucket, Optional<URI> endpoint, boolean pathStyle, String root, String token) {
        return new S3(
                Optional.of(URI.create("http://127.0.0.1:1")).filter(registrys -> endpoint.isPresent()),
                endpoint,
                region,
                bucket,
                Optional.of(new Credentials(
                        "key/with+signs", "secret", Optional.of(token).filter(text -> !text.isEmpty()))),
                pathStyle,
                false,
                false,
                Optional.empty(),
                5 << 20,
                root,
                Optional.empty(),
                Optional.empty(),
                Path.of("nowhere"),
                1 << 30);
    }

    private static URI ours(S3 settings) {
        AwsCredentialsProvider credentials = BucketClient.credentials(settings);
        try (Bucket bucket = new Bucket(settings, credentials)) {
            return new SignedAddresses(settings, bucket, credentials).of(KEY, VALIDITY);
        }
    }

    private static URI theirs(S3 settings) throws Exception {
        S3Presigner.Builder builder = S3Presigner.builder()
                .region(Region.of(settings.region()))
                .credentialsProvider(BucketClient.credentials(settings))
                .serviceConfiguration(S3Configuration.builder()
                        .pathStyleAccessEnabled(settings.pathStyle())
                        .build());
        settings.redirectEndpoint().ifPresent(builder::endpointOverride);
        try (S3Presigner presigner = builder.build()) {
            return presigner
                    .presignGetObject(address -> address.signatureDuration(VALIDITY)
                            .getObjectRequest(get -> get.bucket(settings.bucket())
                                    .key(settings.prefix() + KEY)
                                    .responseContentType("application/octet-stream")))
                    .url()
                    .toURI();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "us-east-1,    bucket,    ,                           false, '',            ''",
        "us-east-1,    bucket,    ,                           false, '',            'a token/of+a=session'",
        "eu-central-1, bucket,    ,                           false, below/here,    ''",
        "cn-north-1,   bucket,    ,                           false, '',            ''",
        "eu-central-1, my.bucket, ,                           false, '',            ''",
        "us-east-1,    bucket,    http://127.0.0.1:7070,      true,  'a b+c&d=e%/ü*~', ''",
        "us-east-1,    bucket,    https://s3.example.com,     true,  '',            ''",
        "us-east-1,    bucket,    https://s3.example.com:443, false, '',            'token'",
        "cn-hangzhou,  bucket,    http://s3.example.com:8080, false, 'a b',         ''",
        "us-east-1,    bucket,    https://example.com/s3/,    true,  '',            ''",
    })
    void anAddressIsTheOneOfTheSdk(
            String region, String bucket, URI endpoint, boolean pathStyle, String root, String token) throws Exception {
        S3 settings = settings(region, bucket, Optional.ofNullable(endpoint), pathStyle, root, token);
        URI ours = ours(settings);
        URI theirs = theirs(settings);
        while (!time(ours).equals(time(theirs))) { // a second began in between
            ours = ours(settings);
            theirs = theirs(settings);
        }
        assertThat(ours.getRawSchemeSpecificPart().split("[?&]"))
                .containsExactlyInAnyOrder(theirs.getRawSchemeSpecificPart().split("[?&]"));
        assertThat(ours.getScheme()).isEqualTo(theirs.getScheme());
    }

    private static String time(URI address) {
        return address.toString().replaceAll(".*X-Amz-Date=(\\w+).*", "$1");
    }

    @Test
    void theRegistrysOwnAddressOfTheStoreIsThatOfItsClientsUnlessThereIsAnother() {
        S3 one = settings("us-east-1", "bucket", Optional.of(URI.create("http://localhost:7070")), true, "", "");
        assertThat(ours(one).toString()).startsWith("http://localhost:7070/bucket/" + KEY + "?");
        S3 same = new S3(
                one.endpoint(),
                Optional.empty(),
                one.region(),
                one.bucket(),
                one.credentials(),
                true,
                false,
                false,
                one.keyId(),
                one.partSize(),
                "",
                one.storageClass(),
                one.objectAcl(),
                one.scratch(),
                one.scratchSize());
        assertThat(ours(same).toString()).startsWith("http://127.0.0.1:1/bucket/" + KEY + "?");
    }
}
