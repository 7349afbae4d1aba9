package com.laincloud.registry.schema1;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.JsonSignature;
import com.laincloud.registry.oci.KeyId;
import com.laincloud.registry.oci.RegistryException;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.JWK;
import jakarta.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.text.ParseException;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that a manifest is what was signed. It is not asked who signed it: the key stands beside the signature, and no
 * authority vouches for it. The signature proves that nothing was changed on the way, which is all that schema 1 promises.
 */
final class SignatureVerifier {

    private SignatureVerifier() {}

    /**
     * Verifies all of the signatures.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_UNVERIFIED} saying what is wrong
     */
    static void verify(byte[] canonical, List<JsonSignature> signatures) {
        for (JsonSignature signature : signatures) {
            PublicKey key = signature.certificates().isEmpty()
                    ? key(signature.key())
                    : certified(signature.certificates().getFirst());
            SignatureAlgorithm algorithm = SignatureAlgorithm.of(signature.algorithm(), key)
                    .orElseThrow(() -> unverified("a key does not sign with " + signature.algorithm()));
            if (!isTrue(signature, algorithm, key, canonical)) {
                throw unverified("a signature is not of this manifest");
            }
        }
    }

    private static boolean isTrue(
            JsonSignature signature, SignatureAlgorithm algorithm, PublicKey key, byte[] canonical) {
        try {
            Signature verifier = Signature.getInstance(algorithm.standardName());
            verifier.initVerify(key);
            verifier.update(signature.signingInput(canonical));
            return verifier.verify(Base64.getUrlDecoder().decode(signature.signature()));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return false; // of the wrong length, not in base64url, or by a key that is none
        }
    }

    /** Clients do not take a key under a name that is not its own, so neither do we. */
    private static PublicKey key(@Nullable JsonObject json) {
        if (json == null) {
            throw unverified("a signature has neither key nor certificate");
        }
        try {
            JWK jwk = JWK.parse(json.toString());
            if (jwk instanceof AsymmetricJWK asymmetric) {
                PublicKey key = asymmetric.toPublicKey();
                if (jwk.getKeyID() == null || jwk.getKeyID().equals(KeyId.of(key))) {
                    return key;
                }
                throw unverified("the key " + jwk.getKeyID() + " is not the one of that name");
            }
        } catch (ParseException | JOSEException | IllegalArgumentException | IllegalStateException e) {
            throw unverified("a key cannot be read: " + e.getMessage());
        }
        throw unverified("a key is not public");
    }

    private static PublicKey certified(String certificate) {
        try {
            byte[] encoded = Base64.getDecoder().decode(certificate);
            return CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(encoded))
                    .getPublicKey();
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw unverified("a certificate cannot be read: " + e.getMessage());
        }
    }

    private static RegistryException unverified(String detail) {
        return new RegistryException(ErrorCode.MANIFEST_UNVERIFIED, detail);
    }
}
