package com.laincloud.registry.schema1;

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
    ES256("SHA256withECDSAinP1363Format", 256),
    ES384("SHA384withECDSAinP1363Format", 384),
    ES512("SHA512withECDSAinP1363Format", 521),
    RS256("SHA256withRSA", 0),
    RS384("SHA384withRSA", 0),
    RS512("SHA512withRSA", 0);

    private final String standardName;
    private final int fieldSize;

    SignatureAlgorithm(String standardName, int fieldSize) {
        this.standardName = standardName;
        this.fieldSize = fieldSize;
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
            case ECPublicKey ec -> ec.getParams().getCurve().getField().getFieldSize() == fieldSize;
            case RSAPublicKey rsa -> fieldSize == 0;
            default -> false;
        };
    }
}
