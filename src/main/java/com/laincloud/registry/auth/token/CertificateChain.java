package com.laincloud.registry.auth.token;

import com.laincloud.registry.auth.RefusedException;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The certificates that came with a token ({@code x5c}): the first is of the key that signed it, the others may lead from
 * there to one that is trusted.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5280#section-6">RFC 5280, path validation</a>
 */
record CertificateChain(List<X509Certificate> certificates) {

    private static final int MAX_LENGTH = 10;
    private static final int DIGITAL_SIGNATURE = 0;
    private static final Set<String> WEAK_HASHES = Set.of("MD2", "MD5", "SHA1");

    /** @throws RefusedException if they are no certificates, or too many */
    static CertificateChain parse(List<String> encoded) {
        if (encoded.isEmpty() || encoded.size() > MAX_LENGTH) {
            throw RefusedException.invalidToken("its certificate chain is empty or too long");
        }
        List<X509Certificate> certificates = new ArrayList<>();
        try {
            for (String certificate : encoded) {
                certificates.add(KeyFiles.certificate(Base64.getDecoder().decode(certificate)));
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw RefusedException.invalidToken("its certificate chain cannot be read");
        }
        return new CertificateChain(certificates);
    }

    /** The key that signed the token, if the chain is to be believed. */
    PublicKey key() {
        return certificates.getFirst().getPublicKey();
    }

    /**
     * Lets a chain pass that leads to one of these.
     *
     * @throws RefusedException if it does not, or anything in it is weak, over, or for another purpose
     */
    void requireIssuedBy(Collection<X509Certificate> trusted, Instant now) {
        X509Certificate leaf = certificates.getFirst();
        boolean[] usage = leaf.getKeyUsage();
        if (usage != null && !usage[DIGITAL_SIGNATURE]) {
            throw RefusedException.invalidToken("its certificate is not for signatures");
        }
        if (certificates.stream().anyMatch(CertificateChain::isWeak)) {
            throw RefusedException.invalidToken("its certificate chain has a weak signature");
        }
        Set<TrustAnchor> anchors = trusted.stream()
                .filter(certificate -> isAuthority(certificate, now))
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet());
        if (anchors.isEmpty() || !leadsTo(anchors, now)) {
            throw RefusedException.invalidToken("no trusted authority issued its certificate");
        }
    }

    private boolean leadsTo(Set<TrustAnchor> anchors, Instant now) {
        try {
            X509CertSelector target = new X509CertSelector();
            target.setCertificate(certificates.getFirst());
            PKIXBuilderParameters parameters = new PKIXBuilderParameters(anchors, target);
            parameters.setRevocationEnabled(false); // nothing is fetched while a client waits
            parameters.setMaxPathLength(MAX_LENGTH);
            parameters.setDate(Date.from(now));
            parameters.addCertStore(
                    CertStore.getInstance("Collection", new CollectionCertStoreParameters(certificates)));
            CertPathBuilder.getInstance("PKIX").build(parameters);
            return true;
        } catch (GeneralSecurityException e) {
            return false;
        }
    }

    /** Whether a trusted certificate may vouch for others, and is still in its time. */
    private static boolean isAuthority(X509Certificate certificate, Instant now) {
        try {
            certificate.checkValidity(Date.from(now));
            return certificate.getBasicConstraints() >= 0;
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            return false;
        }
    }

    private static boolean isWeak(X509Certificate certificate) {
        String algorithm = certificate.getSigAlgName().toUpperCase(Locale.ROOT).replace("-", "");
        return WEAK_HASHES.stream().anyMatch(hash -> algorithm.startsWith(hash + "WITH"));
    }
}
