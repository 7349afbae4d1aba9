package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import com.laincloud.registry.pem.PemBlock;
import com.nimbusds.jose.Algorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads keys from files, in the two formats that are common for them. */
final class KeyFiles {

    private final Map<String, VerificationKey> named = new HashMap<>();
    private final List<VerificationKey> unnamed = new ArrayList<>();
    private final List<X509Certificate> certificates = new ArrayList<>();

    private KeyFiles() {}

    /**
     * The keys of these files, each of which may be of either format.
     *
     * @throws UnusableFileException if one of them holds no key, or one that no token can be verified with
     */
    static TrustedKeys read(List<byte[]> contents) {
        KeyFiles files = new KeyFiles();
        for (byte[] content : contents) {
            String text = new String(content, StandardCharsets.UTF_8);
            if (text.stripLeading().startsWith("{")) {
                files.readJwks(text);
            } else {
                files.readPem(text);
            }
        }
        TrustedKeys keys = new TrustedKeys(files.named, files.unnamed, files.certificates);
        if (keys.isEmpty()) {
            throw new UnusableFileException("there is no key in it");
        }
        return keys;
    }

    private void readPem(String text) {
        boolean found = false;
        for (PemBlock block : PemBlock.of(text)) {
            try {
                found |= readBlock(block);
            } catch (GeneralSecurityException e) {
                throw new UnusableFileException("a " + block.type() + " in it cannot be read: " + e.getMessage(), e);
            }
        }
        if (!found) {
            throw new UnusableFileException("there is no certificate and no public key in it");
        }
    }

    /** A bundle may hold anything else as well, which is passed over. */
    private boolean readBlock(PemBlock block) throws GeneralSecurityException {
        if (block.type().equals("CERTIFICATE")) {
            X509Certificate certificate = certificate(block.content());
            certificates.add(certificate);
            return unnamed.add(VerificationKey.of(certificate.getPublicKey()));
        }
        return block.type().equals("PUBLIC KEY") && unnamed.add(VerificationKey.of(publicKey(block.content())));
    }

    static X509Certificate certificate(byte[] bytes) throws GeneralSecurityException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(bytes));
    }

    private static PublicKey publicKey(byte[] bytes) throws GeneralSecurityException {
        X509EncodedKeySpec encoded = new X509EncodedKeySpec(bytes);
        GeneralSecurityException failure = new GeneralSecurityException("of no known kind");
        for (String kind : List.of("RSA", "EC", "Ed25519")) {
            try {
                return KeyFactory.getInstance(kind).generatePublic(encoded);
            } catch (GeneralSecurityException e) {
                failure.addSuppressed(e); // it is of another kind
            }
        }
        throw failure;
    }

    private void readJwks(String text) {
        try {
            for (JWK jwk : JWKSet.parse(text).getKeys()) {
                if (!KeyUse.ENCRYPTION.equals(jwk.getKeyUse())) {
                    add(jwk);
                }
            }
        } catch (ParseException e) {
            throw new UnusableFileException("it is no JSON Web Key Set: " + e.getMessage(), e);
        } catch (GeneralSecurityException | JOSEException e) {
            throw new UnusableFileException("a key in it cannot be used: " + e.getMessage(), e);
        }
    }

    private void add(JWK jwk) throws GeneralSecurityException, JOSEException {
        VerificationKey key = VerificationKey.of(
                switch (jwk) {
                    case OctetKeyPair edwards -> EdwardsKey.of(edwards);
                    case AsymmetricJWK asymmetric -> asymmetric.toPublicKey();
                    default -> throw new UnusableFileException("a secret key in it could as well sign tokens");
                });
        if (jwk.getAlgorithm() != null) {
            key = key.onlyFor(algorithm(jwk.getAlgorithm()));
        }
        if (jwk.getKeyID() == null) {
            unnamed.add(key);
        } else if (named.putIfAbsent(jwk.getKeyID(), key) != null) {
            throw new UnusableFileException("two keys in it are named " + jwk.getKeyID());
        }
    }

    private static SigningAlgorithm algorithm(Algorithm algorithm) {
        for (SigningAlgorithm known : SigningAlgorithm.values()) {
            if (known.name().equals(algorithm.getName().toUpperCase(Locale.ROOT))) {
                return known;
            }
        }
        throw new UnusableFileException("a key in it is for " + algorithm + ", which is not supported");
    }
}
