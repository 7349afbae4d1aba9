package com.laincloud.registry.storage.s3;

import com.laincloud.registry.config.S3;
import com.laincloud.registry.storage.StorageException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.model.CopyObjectResponse;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.ServerSideEncryption;

/** How objects come into a bucket, and what the store is told about each. */
final class NewObjects {

    private final Bucket bucket;
    private final WriteOnce creation = new WriteOnce();
    private final WriteOnce completion = new WriteOnce();
    private final @Nullable ServerSideEncryption encryption;
    private final @Nullable String encryptionKey;
    private final @Nullable String storageClass;
    private final @Nullable String acl;

    NewObjects(S3 settings, Bucket bucket) {
        this.bucket = bucket;
        this.encryption = encryption(settings);
        this.encryptionKey = settings.encrypts() ? settings.keyId().orElse(null) : null;
        this.storageClass = settings.storageClass().orElse(null);
        this.acl = settings.objectAcl().orElse(null);
    }

    private static @Nullable ServerSideEncryption encryption(S3 settings) {
        if (!settings.encrypts()) {
            return null;
        }
        return settings.keyId().isPresent() ? ServerSideEncryption.AWS_KMS : ServerSideEncryption.AES256;
    }

    /** Writes in place of what is there. */
    void put(String key, RequestBody body) {
        put(key, body, null);
    }

    /**
     * Writes what is written once.
     *
     * @throws StorageException also if something is there, and the store tells
     */
    void create(String key, RequestBody body) {
        try {
            creation.write(condition -> put(key, body, condition));
        } catch (StorageException e) {
            if (!S3Fault.isOwnWork(e)
                    || bucket.size(key).orElse(-1)
                            != body.optionalContentLength().orElse(0L)) {
                throw e;
            }
        }
    }

    private void put(String key, RequestBody body, @Nullable String condition) {
        PutObjectRequest request = PutObjectRequest.builder()
                .bucket(bucket.name())
                .key(bucket.object(key))
                .ifNoneMatch(condition)
                .serverSideEncryption(encryption)
                .ssekmsKeyId(encryptionKey)
                .storageClass(storageClass)
                .acl(acl)
                .overrideConfiguration(common ->
                        Bucket.patience(common, body.optionalContentLength().orElse(0L)))
                .build();
        bucket.ask(key, s3 -> s3.putObject(request, body));
    }

    /** Has the store copy {@code size} bytes to another key, in place of what is there. */
    CopyObjectResponse copy(String from, String to, long size) {
        return bucket.askOutOfTurn(
                to,
                s3 -> s3.copyObject(copy -> copy.sourceBucket(bucket.name())
                        .sourceKey(bucket.object(from))
                        .destinationBucket(bucket.name())
                        .destinationKey(bucket.object(to))
                        .serverSideEncryption(encryption)
                        .ssekmsKeyId(encryptionKey)
                        .storageClass(storageClass)
                        .acl(acl)
                        .overrideConfiguration(common -> Bucket.patience(common, size))));
    }

    /** The condition on which parts are made an object. */
    WriteOnce completion() {
        return completion;
    }

    /** Tells the store about one that comes in parts. */
    void describe(CreateMultipartUploadRequest.Builder object) {
        object.serverSideEncryption(encryption)
                .ssekmsKeyId(encryptionKey)
                .storageClass(storageClass)
                .acl(acl);
    }
}
