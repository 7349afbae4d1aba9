package com.laincloud.registry.auth.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import java.security.GeneralSecurityException;
import java.security.interfaces.EdECPublicKey;
import java.text.ParseException;
import org.junit.jupiter.api.Test;

class KeyNamesTest {

    @Test
    void theKeyOfLainsTokenServiceIsNamedAsItsTokensNameIt() throws Exception {
        TrustedKeys keys = KeyFiles.read(java.util.List.of(
                getClass().getResourceAsStream("lain-server.pem").readAllBytes()));

        assertThat(keys.find("A4TG:6YYF:IFNY:HJ4R:SKIJ:XPSE:E4X2:RZQD:26I6:EM5U:57R2:ESAY"))
                .isPresent();
    }

    @Test
    void theThumbprintIsTheOneOfTheExampleInRfc7638() throws Exception {
        RSAKey key = RSAKey.parse("""
                {"kty":"RSA","e":"AQAB","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhD\
                R1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2Qvzq\
                Y368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3X\
                PksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"}""");

        assertThat(KeyNames.thumbprint(key.toPublicKey())).isEqualTo("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    }

    @Test
    void theThumbprintOfAnEdwardsKeyIsTheOneOfTheExampleInRfc8037() throws ParseException, GeneralSecurityException {
        OctetKeyPair key = OctetKeyPair.parse("""
                {"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""");

        assertThat(KeyNames.thumbprint(EdwardsKey.of(key))).isEqualTo("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    @Test
    void anEdwardsKeyIsTheSameThereAndBack() throws GeneralSecurityException {
        for (int i = 0; i < 50; i++) {
            EdECPublicKey key = (EdECPublicKey) TokenMint.of("EdDSA").publicKey();
            String x = TokenMint.encoded(EdwardsKey.bytes(key));

            assertThat(EdwardsKey.of(new OctetKeyPair.Builder(
                                    com.nimbusds.jose.jwk.Curve.Ed25519, new com.nimbusds.jose.util.Base64URL(x))
                            .build()))
                    .isEqualTo(key);
        }
    }
}
