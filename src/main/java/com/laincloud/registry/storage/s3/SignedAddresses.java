package com.laincloud.registry.storage.s3;

import com.laincloud.registry.config.S3;
import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner.AuthLocation;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.S3Utilities;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/**
 * Addresses of objects, of which a signature is part, so that who has one needs nothing else. The store is not asked for them. One
 * that is signed with credentials of a session is good no longer than these. They are those that the SDK's presigner makes, without
 * the rules by which it finds the place of the bucket anew for each.
 */
final class SignedAddresses {

    private static final String MEDIA_TYPE = "application/octet-stream";
    private static final String ANY_KEY = "x";

    private final Bucket bucket;
    private final AwsCredentialsProvider credentials;
    private final String region;
    private final String place;
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();

    SignedAddresses(S3 settings, Bucket bucket, AwsCredentialsProvider credentials) {
        this.bucket = bucket;
        this.credentials = credentials;
        this.region = settings.region();
        this.place = place(settings);
    }

    /** What all addresses begin with: they end with the name of their object. */
    private static String place(S3 settings) {
        String one = S3Utilities.builder()
                .region(Region.of(settings.region()))
                .s3Configuration(S3Configuration.builder()
                        .pathStyleAccessEnabled(settings.pathStyle())
                        .build())
                .build()
                .getUrl(object -> {
                    object.bucket(settings.bucket()).key(ANY_KEY);
                    settings.redirectEndpoint().or(settings::endpoint).ifPresent(object::endpoint);
                })
                .toString();
        return one.substring(0, one.length() - ANY_KEY.length());
    }

    /** Where the object is read for so long. */
    URI of(String key, Duration validity) {
        AwsCredentials identity;
        try {
            identity = credentials.resolveCredentials();
        } catch (SdkException e) {
            throw bucket.fault(key, e);
        }
        SdkHttpRequest address = SdkHttpRequest.builder()
                .method(SdkHttpMethod.GET)
                .uri(URI.create(place + SdkHttpUtils.urlEncodeIgnoreSlashes(bucket.object(key))))
                .putRawQueryParameter("response-content-type", MEDIA_TYPE)
                .build();
        return signer.sign(request -> request.identity(identity)
                        .request(address)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "s3")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(AwsV4HttpSigner.AUTH_LOCATION, AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4HttpSigner.EXPIRATION_DURATION, validity)
                        .putProperty(AwsV4HttpSigner.PAYLOAD_SIGNING_ENABLED, false)
                        .putProperty(AwsV4HttpSigner.DOUBLE_URL_ENCODE, false)
                        .putProperty(AwsV4HttpSigner.NORMALIZE_PATH, false))
                .request()
                .getUri();
    }
}
