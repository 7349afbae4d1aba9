package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.config.Auth;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import com.laincloud.registry.oci.JsonDocument;
import com.laincloud.registry.oci.RegistryException;
import jakarta.json.JsonArray;
import jakarta.json.JsonObject;
import jakarta.json.JsonString;
import jakarta.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Verifies tokens, in this order, so that nothing a stranger wrote is acted upon before it is known who signed it: its form,
 * its key, its signature, and only then what it says.
 */
final class TokenVerifier {

    /** How far the clocks of the token service and of the registry may be apart. */
    static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final int MAX_LENGTH = 16 * 1024;
    private static final int PARTS = 3;

    private final Auth.Token configured;
    private final TrustedKeys keys;
    private final Clock clock;

    TokenVerifier(Auth.Token configured, TrustedKeys keys, Clock clock) {
        this.configured = configured;
        this.keys = keys;
        this.clock = clock;
    }

    /**
     * The token, if it is to be believed.
     *
     * @throws RefusedException saying why it is not
     */
    VerifiedToken verify(String raw) {
        if (raw.length() > MAX_LENGTH) {
            throw RefusedException.invalidToken("it is longer than " + MAX_LENGTH + " characters");
        }
        String[] parts = raw.split("\\.", -1);
        if (parts.length != PARTS) {
            throw RefusedException.invalidToken("it is no signed JSON Web Token");
        }
        JsonObject header = json(decoded(parts[0]));
        SigningAlgorithm algorithm = algorithm(header);
        byte[] signed = raw.substring(0, raw.lastIndexOf('.')).getBytes(StandardCharsets.US_ASCII);
        if (!key(header).signed(signed, decoded(parts[2]), algorithm)) {
            throw RefusedException.invalidToken("its signature is not of the key that it names");
        }
        return believed(raw, new TokenClaims(json(decoded(parts[1]))));
    }

    private SigningAlgorithm algorithm(JsonObject header) {
        if (header.containsKey("crit")) {
            throw RefusedException.invalidToken("it demands extensions that are not known here");
        }
        String name = header.get("alg") instanceof JsonString text ? text.getString() : "";
        return Arrays.stream(SigningAlgorithm.values())
                .filter(algorithm -> isNamed(algorithm, name))
                .filter(configured.signingAlgorithms()::contains)
                .findFirst()
                .orElseThrow(() -> RefusedException.invalidToken("its algorithm is not allowed"));
    }

    private static boolean isNamed(SigningAlgorithm algorithm, String name) {
        return algorithm == SigningAlgorithm.EDDSA
                ? name.equals("EdDSA")
                : algorithm.name().equals(name);
    }

    /** A key that the token brings along ({@code jwk}) or points to ({@code jku}, {@code x5u}) is not looked at. */
    private VerificationKey key(JsonObject header) {
        Optional<VerificationKey> named =
                header.get("kid") instanceof JsonString id ? keys.find(id.getString()) : Optional.empty();
        if (named.isPresent()) {
            return named.get();
        }
        if (!(header.get("x5c") instanceof JsonArray certificates)) {
            throw RefusedException.invalidToken("it names no key that is configured");
        }
        CertificateChain chain = CertificateChain.parse(texts(certificates));
        return keys.find(chain.key()).orElseGet(() -> {
            chain.requireIssuedBy(keys.certificates(), clock.instant());
            return VerificationKey.ofCertificate(chain.key());
        });
    }

    private static List<String> texts(JsonArray values) {
        return values.stream()
                .map(value -> value instanceof JsonString text ? text.getString() : String.valueOf(JsonValue.NULL))
                .toList();
    }

    private VerifiedToken believed(String raw, TokenClaims claims) {
        Instant now = clock.instant();
        Instant until = claims.time("exp")
                .orElseThrow(() -> RefusedException.invalidToken("it never expires"))
                .plus(LEEWAY);
        if (!now.isBefore(until)) {
            throw RefusedException.invalidToken("it has expired");
        }
        if (claims.time("nbf").map(start -> now.isBefore(start.minus(LEEWAY))).orElse(false)) {
            throw RefusedException.invalidToken("it is not valid yet");
        }
        if (!claims.issuer().map(configured.issuers()::contains).orElse(false)) {
            throw RefusedException.invalidToken("its issuer is not the one that is configured");
        }
        if (Collections.disjoint(claims.audience(), configured.audiences())) {
            throw RefusedException.invalidToken("it is for another service");
        }
        return new VerifiedToken(raw, claims.subject(), claims.all(), claims.access(), until);
    }

    private static JsonObject json(byte[] bytes) {
        try {
            return JsonDocument.read(bytes);
        } catch (RegistryException e) {
            throw RefusedException.invalidToken("it holds no unambiguous JSON");
        }
    }

    private static byte[] decoded(String part) {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw RefusedException.invalidToken("it is not encoded as a JSON Web Token is");
        }
    }
}
