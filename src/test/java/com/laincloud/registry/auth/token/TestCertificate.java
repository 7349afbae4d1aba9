package com.laincloud.registry.auth.token;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate made by a test, and the key that it is of. */
record TestCertificate(String name, TokenMint key, X509Certificate certificate) {

    private static final AtomicLong SERIAL = new AtomicLong(1);
    private static final Duration VALIDITY = Duration.ofDays(365);

    /** What a certificate is to be like. */
    record Wish(boolean authority, int usage, Instant start, String hash) {

        static Wish leaf() {
            return new Wish(false, KeyUsage.digitalSignature, Instant.now().minus(Duration.ofDays(1)), "SHA256");
        }

        static Wish ofAuthority() {
            return new Wish(true, KeyUsage.keyCertSign, Instant.now().minus(Duration.ofDays(1)), "SHA256");
        }

        Wish withUsage(int other) {
            return new Wish(authority, other, start, hash);
        }

        Wish expired() {
            return new Wish(authority, usage, Instant.now().minus(VALIDITY).minus(Duration.ofDays(1)), hash);
        }

        Wish withHash(String other) {
            return new Wish(authority, usage, start, other);
        }
    }

    /** One that vouches for itself. */
    static TestCertificate selfSigned(Wish wish) {
        TokenMint key = TokenMint.of("RS256");
        String name = "CN=self " + SERIAL.incrementAndGet();
        return new TestCertificate(name, key, certificate(name, key, name, key, wish));
    }

    /** One that this one vouches for. */
    TestCertificate issue(Wish wish) {
        TokenMint subject = TokenMint.of("RS256");
        String subjectName = "CN=subject " + SERIAL.incrementAndGet();
        return new TestCertificate(subjectName, subject, certificate(name, key, subjectName, subject, wish));
    }

    private static X509Certificate certificate(
            String issuerName, TokenMint issuer, String subjectName, TokenMint subject, Wish wish) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(issuerName),
                    BigInteger.valueOf(SERIAL.incrementAndGet()),
                    Date.from(wish.start),
                    Date.from(wish.start.plus(VALIDITY)),
                    new X500Name(subjectName),
                    subject.publicKey());
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(wish.authority));
            if (wish.usage != 0) {
                builder.addExtension(Extension.keyUsage, true, new KeyUsage(wish.usage));
            }
            byte[] encoded = builder.build(
                            new JcaContentSignerBuilder(wish.hash + "withRSA").build(issuer.privateKey()))
                    .getEncoded();
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (IOException | GeneralSecurityException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    String pem() {
        return "-----BEGIN CERTIFICATE-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded())
                + "\n-----END CERTIFICATE-----\n";
    }

    /** As it stands in a token's {@code x5c}. */
    String base64() {
        return Base64.getEncoder().encodeToString(encoded());
    }

    private byte[] encoded() {
        try {
            return certificate.getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
