package com.laincloud.registry.config;

import com.laincloud.registry.config.S3.Credentials;
import java.net.URI;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The section {@code storage.oss}, as docker/distribution means it, for the protocol of S3, which Aliyun's OSS speaks at addresses
 * of its own: the host names the bucket, and a region is called without the {@code oss-} that it has elsewhere.
 */
final class OssSection {

    private static final String SECTION = "storage.oss.";
    private static final Pattern REGION = Pattern.compile("(?:oss-)?([a-z0-9-]+)");

    private final SettingReader reader;

    private OssSection(SettingReader reader) {
        this.reader = reader;
    }

    /** @throws InvalidSettingException naming the first that cannot be used */
    static S3 read(SettingReader reader) {
        return new OssSection(reader).read();
    }

    private S3 read() {
        S3Section common = new S3Section(reader, SECTION);
        String region = region();
        String bucket = reader.required(SECTION + "bucket").value();
        URI ofRegion = ofRegion(region, reader.bool(SECTION + "internal"));
        return new S3(
                common.address("endpoint")
                        .map(address -> withoutBucket(address, bucket))
                        .or(() -> Optional.of(ofRegion)),
                Optional.empty(),
                region,
                bucket,
                Optional.of(new Credentials(
                        reader.required(SECTION + "accesskeyid").value(),
                        reader.required(SECTION + "accesskeysecret").value(),
                        Optional.empty())),
                false,
                false,
                reader.bool(SECTION + "encrypt"),
                Optional.empty(),
                common.partSize(),
                common.rootDirectory(),
                Optional.empty(),
                Optional.empty(),
                common.scratch(),
                common.scratchSize());
    }

    private String region() {
        Setting named = reader.required(SECTION + "region");
        Matcher region = REGION.matcher(named.value());
        if (!region.matches()) {
            throw InvalidSettingException.of(named, "a region such as oss-cn-hangzhou");
        }
        return region.group(1);
    }

    private URI ofRegion(String region, boolean isInternal) {
        String scheme = reader.bool(SECTION + "secure") ? "https://" : "http://";
        return URI.create(scheme + "s3.oss-" + region + (isInternal ? "-internal" : "") + ".aliyuncs.com");
    }

    /** What docker/distribution calls an endpoint begins with the bucket, which is said once here. */
    private static URI withoutBucket(URI address, String bucket) {
        return URI.create(address.toString().replace("://" + bucket + ".", "://"));
    }
}
