package com.laincloud.registry.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Which bucket holds the bytes, and how it is spoken to.
 *
 * @param endpoint of a store that is not AWS
 * @param redirectEndpoint at which clients reach the store, where that is another
 * @param credentials empty: those of the environment, of a profile, or of the machine
 * @param pathStyle whether the bucket is named in the path instead of the host
 * @param trustsAnyCertificate whether the store's certificate is not checked
 * @param encrypts whether the store is asked to encrypt
 * @param keyId with which key; empty: with the store's own
 * @param partSize bytes of a part of a large object
 * @param rootDirectory what all keys begin with, without slashes at its ends; may be empty
 * @param scratch where bytes wait until they are sent
 * @param scratchSize how many of them may at once
 */
public record S3(
        Optional<URI> endpoint,
        Optional<URI> redirectEndpoint,
        String region,
        String bucket,
        Optional<Credentials> credentials,
        boolean pathStyle,
        boolean trustsAnyCertificate,
        boolean encrypts,
        Optional<String> keyId,
        long partSize,
        String rootDirectory,
        Optional<String> storageClass,
        Optional<String> objectAcl,
        Path scratch,
        long scratchSize) {

    /** Keys of an account. */
    public record Credentials(String accessKey, String secretKey, Optional<String> sessionToken) {

        /** Leaves the secrets out. */
        @Override
        public String toString() {
            return accessKey;
        }
    }

    /** What all names of objects begin with. */
    public String prefix() {
        return rootDirectory.isEmpty() ? "" : rootDirectory + "/";
    }
}
