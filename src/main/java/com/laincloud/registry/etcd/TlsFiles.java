package com.laincloud.registry.etcd;

import com.laincloud.registry.pem.PemBlock;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Whom to trust, and who to be, in PEM.
 *
 * @param ca the certificates to trust; the machine's own if there are none
 * @param certificate the certificate to show, with its chain; none if empty
 * @param key its private key, in PKCS#8
 */
public record TlsFiles(Optional<Path> ca, Optional<Path> certificate, Optional<Path> key) {

    private static final char[] NO_PASSWORD = new char[0];

    /** No files: the authorities that the machine trusts, and no client certificate. */
    public static final TlsFiles NONE = new TlsFiles(Optional.empty(), Optional.empty(), Optional.empty());

    /**
     * What connections are made with.
     *
     * @throws EtcdException naming a file that cannot be used
     */
    public SSLContext context() {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(
                    identity().map(factory -> factory.getKeyManagers()).orElse(new KeyManager[0]),
                    trust().map(factory -> factory.getTrustManagers()).orElseGet(TlsFiles::ofTheMachine),
                    null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new EtcdException(EtcdException.fault(e), e);
        }
    }

    private static TrustManager[] ofTheMachine() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init((KeyStore) null);
            return factory.getTrustManagers();
        } catch (GeneralSecurityException e) {
            throw new EtcdException(EtcdException.fault(e), e);
        }
    }

    Optional<TrustManagerFactory> trust() {
        return ca.map(file -> {
            try {
                KeyStore store = emptyStore();
                int number = 0;
                for (Certificate trusted : certificates(file)) {
                    store.setCertificateEntry("ca" + number++, trusted);
                }
                TrustManagerFactory factory =
                        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                factory.init(store);
                return factory;
            } catch (GeneralSecurityException | IOException e) {
                throw new EtcdException(file + ": " + EtcdException.fault(e), e);
            }
        });
    }

    Optional<KeyManagerFactory> identity() {
        return certificate.map(file -> {
            try {
                KeyStore store = emptyStore();
                store.setKeyEntry(
                        "client",
                        privateKey(key.orElseThrow(() -> new EtcdException(file + ": has no key beside it"))),
                        NO_PASSWORD,
                        certificates(file).toArray(Certificate[]::new));
                KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
                factory.init(store, NO_PASSWORD);
                return factory;
            } catch (GeneralSecurityException | IOException e) {
                throw new EtcdException(file + ": " + EtcdException.fault(e), e);
            }
        });
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, NO_PASSWORD);
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file)
            throws IOException, GeneralSecurityException {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (certificates.isEmpty()) {
                throw new EtcdException(file + ": holds no certificate");
            }
            return certificates;
        }
    }

    private static PrivateKey privateKey(Path file) throws IOException {
        for (PemBlock block : PemBlock.of(Files.readString(file, StandardCharsets.US_ASCII))) {
            if (!block.type().equals("PRIVATE KEY")) {
                continue;
            }
            PKCS8EncodedKeySpec encoded = new PKCS8EncodedKeySpec(block.content());
            for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
                try {
                    return KeyFactory.getInstance(algorithm).generatePrivate(encoded);
                } catch (GeneralSecurityException e) {
                    // of another algorithm
                }
            }
        }
        throw new EtcdException(file + ": holds no private key in PKCS#8 (openssl pkcs8 -topk8 -nocrypt makes one)");
    }
}
