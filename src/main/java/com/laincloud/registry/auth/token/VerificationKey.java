package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.NamedParameterSpec;
import java.util.EnumSet;
import java.util.Set;

/**
 * A public key that tokens are verified with.
 *
 * @param algorithms the ones it may be used with; the key says so, never the token
 */
record VerificationKey(PublicKey key, Set<SigningAlgorithm> algorithms) {

    private static final int MIN_RSA_BITS = 2048;

    private static final Set<SigningAlgorithm> RSA = EnumSet.of(
            SigningAlgorithm.RS256,
            SigningAlgorithm.RS384,
            SigningAlgorithm.RS512,
            SigningAlgorithm.PS256,
            SigningAlgorithm.PS384,
            SigningAlgorithm.PS512);

    /**
     * A key for all the algorithms that suit it.
     *
     * @throws UnusableFileException if none does
     */
    static VerificationKey of(PublicKey key) {
        return new VerificationKey(
                key,
                switch (key) {
                    case RSAPublicKey rsa -> ofModulus(rsa.getModulus().bitLength());
                    case ECPublicKey ec -> Set.of(ofCurve(Curve.forECParameterSpec(ec.getParams())));
                    case EdECPublicKey ed -> Set.of(ofEdwardsCurve(ed.getParams()));
                    default ->
                        throw new UnusableFileException("no token can be verified with a key of " + key.getAlgorithm());
                });
    }

    private static Set<SigningAlgorithm> ofModulus(int bits) {
        if (bits < MIN_RSA_BITS) {
            throw new UnusableFileException("an RSA key has only " + bits + " bits");
        }
        return RSA;
    }

    private static SigningAlgorithm ofEdwardsCurve(NamedParameterSpec curve) {
        if (!curve.getName().equals(NamedParameterSpec.ED25519.getName())) {
            throw new UnusableFileException("no token can be verified with a key of " + curve.getName());
        }
        return SigningAlgorithm.EDDSA;
    }

    private static SigningAlgorithm ofCurve(Curve curve) {
        if (Curve.P_256.equals(curve)) {
            return SigningAlgorithm.ES256;
        }
        if (Curve.P_384.equals(curve)) {
            return SigningAlgorithm.ES384;
        }
        if (Curve.P_521.equals(curve)) {
            return SigningAlgorithm.ES512;
        }
        throw new UnusableFileException("no token can be verified with a key on the curve " + curve);
    }

    /**
     * As {@link #of}, for a key that came with a token.
     *
     * @throws RefusedException if no algorithm suits it
     */
    static VerificationKey ofCertificate(PublicKey key) {
        try {
            return of(key);
        } catch (UnusableFileException e) {
            throw RefusedException.invalidToken("its certificate's key is of no use: " + e.getMessage());
        }
    }

    /** The same key for one algorithm alone, if it suits it. */
    VerificationKey onlyFor(SigningAlgorithm algorithm) {
        if (!algorithms.contains(algorithm)) {
            throw new UnusableFileException("a key of " + key.getAlgorithm() + " is said to be for " + algorithm);
        }
        return new VerificationKey(key, Set.of(algorithm));
    }

    /** Whether this key signed these bytes. */
    boolean signed(byte[] signed, byte[] signature, SigningAlgorithm algorithm) {
        if (!algorithms.contains(algorithm)) {
            return false;
        }
        try {
            return switch (key) {
                case RSAPublicKey rsa -> verify(new RSASSAVerifier(rsa), signed, signature, algorithm);
                case ECPublicKey ec -> verify(new ECDSAVerifier(ec), signed, signature, algorithm);
                default -> verifyEdwards(signed, signature);
            };
        } catch (GeneralSecurityException | JOSEException e) {
            return false;
        }
    }

    private static boolean verify(JWSVerifier verifier, byte[] signed, byte[] signature, SigningAlgorithm algorithm)
            throws JOSEException {
        JWSHeader header = new JWSHeader(JWSAlgorithm.parse(algorithm.name()));
        return verifier.verify(header, signed, Base64URL.encode(signature));
    }

    private boolean verifyEdwards(byte[] signed, byte[] signature) throws GeneralSecurityException {
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(key);
        verifier.update(signed);
        return verifier.verify(signature);
    }
}
