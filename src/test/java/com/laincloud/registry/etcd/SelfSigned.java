package com.laincloud.registry.etcd;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates of 127.0.0.1 that vouch for themselves, as files. */
public final class SelfSigned {

    private SelfSigned() {}

    /** One that vouches for itself, for whichever side shows it. */
    public static TlsFiles in(Path directory, String name) {
        try {
            return make(directory, name);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static TlsFiles make(Path directory, String name)
            throws GeneralSecurityException, OperatorCreationException, IOException {
        KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
        X500Name subject = new X500Name("CN=" + name);
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                subject,
                BigInteger.valueOf(now.toEpochMilli()),
                Date.from(now.minus(Duration.ofDays(1))),
                Date.from(now.plus(Duration.ofDays(1))),
                subject,
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        builder.addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
        byte[] certificate = builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate()))
                .getEncoded();
        Path file = pem(directory, name + ".pem", "CERTIFICATE", certificate);
        return new TlsFiles(
                Optional.of(file),
                Optional.of(file),
                Optional.of(pem(
                        directory,
                        name + ".key",
                        "PRIVATE KEY",
                        keys.getPrivate().getEncoded())));
    }

    private static Path pem(Path directory, String name, String type, byte[] content) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("-----BEGIN " + type + "-----");
        lines.add(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
        lines.add("-----END " + type + "-----");
        return Files.write(directory.resolve(name), lines);
    }
}
