package com.laincloud.registry.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;

/**
 * The JDK's certificate authorities, in place of the ones Payara ships: among those are expired ones, about each of which it
 * would write a page at every start.
 */
record TrustStore(KeyStore authorities) {

    /** The password that both the JDK and Payara expect; nothing in the store is secret. */
    private static final char[] PASSWORD = "changeit".toCharArray();

    static TrustStore withoutExpiredCertificates() throws GeneralSecurityException, IOException {
        Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
        KeyStore installed = KeyStore.getInstance(file.toFile(), PASSWORD);
        KeyStore current = KeyStore.getInstance("PKCS12");
        current.load(null, PASSWORD);
        for (String alias : Collections.list(installed.aliases())) {
            if (installed.getCertificate(alias) instanceof X509Certificate certificate
                    && certificate.getNotAfter().toInstant().isAfter(Instant.now())) {
                current.setCertificateEntry(alias, certificate);
            }
        }
        return new TrustStore(current);
    }

    void write(Path file) throws GeneralSecurityException, IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            authorities.store(out, PASSWORD);
        }
    }
}
