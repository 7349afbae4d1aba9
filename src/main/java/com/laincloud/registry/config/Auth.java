package com.laincloud.registry.config;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Whom the registry lets in: one provider, whose section of the configuration is there. Values are compared to find out
 * whether anything changed.
 */
public sealed interface Auth {

    /** Every caller may do everything. */
    record None() implements Auth {}

    /**
     * A caller that sends any {@code Authorization} header may do everything. This is for tests of clients.
     *
     * @param realm what the challenge names, as for {@link Token}
     */
    record Silly(String realm, String service) implements Auth {}

    /**
     * Who brings a token of a service elsewhere may do what it says.
     *
     * @param realm where clients get one; empty if {@code autoRedirectPath} says it
     * @param autoRedirectPath the path of the token service on the very host that the client asked
     * @param service what the registry calls itself towards the token service
     * @param audiences whom a token may be for: the service, and other names of this registry
     * @param issuers who may have made it
     * @param rootCertBundle PEM file of the certificates and public keys that sign tokens
     * @param jwks JSON file of such keys
     * @param signingAlgorithms by which a token may be signed
     */
    record Token(
            Optional<URI> realm,
            Optional<String> autoRedirectPath,
            String service,
            Set<String> audiences,
            Set<String> issuers,
            Optional<Path> rootCertBundle,
            Optional<Path> jwks,
            Set<SigningAlgorithm> signingAlgorithms)
            implements Auth {

        /** The files of keys there are. */
        public List<Path> keyFiles() {
            return Stream.of(rootCertBundle, jwks).flatMap(Optional::stream).toList();
        }
    }

    /**
     * A caller that knows a name and its password in a file may do everything.
     *
     * @param path of the file, in the format of Apache's {@code htpasswd -B}
     */
    record Htpasswd(String realm, Path path) implements Auth {}

    /** How a token may be signed: with a private key. Its public key verifies the token and need not be secret. */
    enum SigningAlgorithm {
        RS256,
        RS384,
        RS512,
        PS256,
        PS384,
        PS512,
        ES256,
        ES384,
        ES512,
        EDDSA
    }
}
