package com.laincloud.registry.schema1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.config.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeyFileTest {

    @ParameterizedTest
    @CsvSource({
        "ec256-sec1.pem,            ES256, TTST:R2AQ:P4NC:CZUI:YBGZ:BLUO:3JJ5:ZGZR:5V53:BFFT:ZWKU:EDWZ",
        "ec384-pkcs8.pem,           ES384, XGSU:6QAJ:HMGR:VUF3:OGTJ:H3OA:ZDHR:TJ7C:ZYMF:7UZN:AKMA:XNR6",
        "ec521-with-parameters.pem, ES512, ZRGY:WYRP:6GLQ:F5IC:R3FP:INSQ:ALXF:LSZL:BM3J:UCUP:HA5N:TYHE",
        "rsa-pkcs1.pem,             RS256, UN23:7IDG:JAOA:V7FG:KNXU:DTV5:RHN4:AON6:6MOM:WNVJ:VU53:SASM",
        "rsa-pkcs8.pem,             RS256, UN23:7IDG:JAOA:V7FG:KNXU:DTV5:RHN4:AON6:6MOM:WNVJ:VU53:SASM",
    })
    void keysOfOpensslAreReadAndNamedAsLibtrustNamesThem(String file, String algorithm, String id) {
        SigningKey key = SigningKeyFile.read(Resources.path(file));

        assertThat(key.algorithm()).hasToString(algorithm);
        assertThat(key.toPublicJson().getString("kid")).isEqualTo(id);
        assertThat(key.toPublicJson()).doesNotContainKey("d");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ec256-sec1.pem", "ec384-pkcs8.pem", "ec521-with-parameters.pem", "rsa-pkcs1.pem"})
    void aKeyWrittenAsAJsonWebKeyIsTheSameKey(String file, @TempDir Path directory) throws IOException {
        SigningKey key = SigningKeyFile.read(Resources.path(file));
        Path json = Files.writeString(directory.resolve("key.json"), key.toPrivateJson() + "\n");

        SigningKey read = SigningKeyFile.read(json);

        assertThat(read.toPublicJson()).isEqualTo(key.toPublicJson());
        assertThat(read.toPrivateJson()).isEqualTo(key.toPrivateJson());
    }

    @ParameterizedTest
    @CsvSource({
        "ec-other-curve.pem,    'of the curves P-256, P-384, P-521'",
        "ec256-certificate.pem, no block of a private key",
        "rsa-encrypted.pem,     not encrypted",
        "stored.json,           must hold a private key",
    })
    void whatHoldsNoUsableKeyIsRefusedByNameAndReason(String file, String reason) {
        refused(Resources.path(file), reason);
    }

    @Test
    void aPublicKeyACutOffOneAndAMissingFileAreRefused(@TempDir Path directory) throws IOException {
        String publicKey = SigningKeyFile.read(Resources.path("ec256-sec1.pem"))
                .toPublicJson()
                .toString();
        refused(Files.writeString(directory.resolve("public.json"), publicKey), "it is not private");
        String pem = Resources.text("rsa-pkcs8.pem");
        String cut = pem.substring(0, 400) + "\n-----END PRIVATE KEY-----";
        refused(Files.writeString(directory.resolve("cut.pem"), cut), "ends too early");
        refused(directory.resolve("missing.pem"), "cannot be read");
    }

    private static void refused(Path file, String reason) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> SigningKeyFile.read(file))
                .withMessageContaining("compatibility.schema1.signingkeyfile")
                .withMessageContaining(file.getFileName().toString())
                .withMessageContaining(reason);
    }
}
