package com.laincloud.registry.auth.token;

import com.laincloud.registry.oci.KeyId;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Set;

/** The names by which a token may call the key that signed it, if it was not given one: both are made of the key itself. */
final class KeyNames {

    private KeyNames() {}

    /** All names of a key: that of docker's libtrust, and of LAIN's token service, and that of RFC 7638. */
    static Set<String> of(PublicKey key) {
        return Set.of(KeyId.of(key), thumbprint(key));
    }

    /** As RFC 7638 names it, and so docker/distribution since 3.0. */
    static String thumbprint(PublicKey key) {
        try {
            return switch (key) {
                case RSAPublicKey rsa ->
                    new RSAKey.Builder(rsa).build().computeThumbprint().toString();
                case ECPublicKey ec ->
                    new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                            .build()
                            .computeThumbprint()
                            .toString();
                case EdECPublicKey ed ->
                    new OctetKeyPair.Builder(Curve.Ed25519, Base64URL.encode(EdwardsKey.bytes(ed)))
                            .build()
                            .computeThumbprint()
                            .toString();
                default -> throw new IllegalArgumentException("a key of the kind " + key.getAlgorithm());
            };
        } catch (JOSEException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
