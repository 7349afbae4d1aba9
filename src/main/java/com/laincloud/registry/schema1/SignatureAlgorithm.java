package com.laincloud.registry.schema1;

import com.nimbusds.jose.jwk.Curve;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * The algorithms that libtrust signs with, and no others. A curve has one algorithm; an RSA key may be used with any of its
 * three.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7518#section-3.1">RFC 7518, algorithms for JWS</a>
 */
enum SignatureAlgorithm {
    ES256("SHA256withECDSAinP1363Format", "P-256"),
    ES384("SHA384withECDSAinP1363Format", "P-384"),
    ES512("SHA512withECDSAinP1363Format", "P-521"),
    RS256("SHA256withRSA", ""),
    RS384("SHA384withRSA", ""),
    RS512("SHA512withRSA", "");

    private final String standardName;
    private final String curve;

    SignatureAlgorithm(String standardName, String curve) {
        this.standardName = standardName;
        this.curve = curve;
    }

    /** The algorithm of a name, if there is one and it goes with the key. */
    static Optional<SignatureAlgorithm> of(String name, PublicKey key) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.name().equals(name))
                .filter(algorithm -> algorithm.goesWith(key))
                .findFirst();
    }

    /** What a key signs with unless it is told. */
    static Optional<SignatureAlgorithm> of(PublicKey key) {
        return Arrays.stream(values())
                .filter(algorithm -> algorithm.goesWith(key))
                .findFirst();
    }

    /** What the Java platform calls it. */
    String standardName() {
        return standardName;
    }

    private boolean goesWith(PublicKey key) {
        return switch (key) {
            case ECPublicKey ec -> curve.equals(nameOf(ec));
            case RSAPublicKey rsa -> curve.isEmpty();
            default -> false;
        };
    }

    private static String nameOf(ECPublicKey key) {
        Curve known = Curve.forECParameterSpec(key.getParams());
        return known == null ? "unknown" : known.getName();
    }
}
