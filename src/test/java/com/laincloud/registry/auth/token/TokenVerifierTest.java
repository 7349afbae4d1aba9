package com.laincloud.registry.auth.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.auth.TestClock;
import com.laincloud.registry.auth.token.TestCertificate.Wish;
import com.laincloud.registry.config.Auth;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import com.nimbusds.jose.jwk.RSAKey;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenVerifierTest {

    private static final Set<SigningAlgorithm> ALL = EnumSet.allOf(SigningAlgorithm.class);
    private static final TokenMint MINT = TokenMint.of("RS256");
    private static final Scope PULL = new Scope("repository", "hello", "pull");

    private final TestClock clock = new TestClock(Instant.now());
    private final TokenVerifier verifier = verifier(ALL, MINT.pem());

    /** One that knows a key, and takes every algorithm. */
    static TokenVerifier ofAllAlgorithms() {
        return new TokenVerifierTest().verifier;
    }

    private TokenVerifier verifier(Set<SigningAlgorithm> algorithms, String... files) {
        Auth.Token configured = new Auth.Token(
                Optional.of(URI.create("http://console.lain.local/api/v1/authorize/registry/")),
                Optional.empty(),
                "lain.local",
                Set.of("lain.local", "lain.example"),
                Set.of("auth server"),
                Optional.empty(),
                Optional.empty(),
                algorithms);
        List<byte[]> contents =
                Stream.of(files).map(file -> file.getBytes(UTF_8)).toList();
        return new TokenVerifier(configured, KeyFiles.read(contents), clock);
    }

    /** The claims of a good token, as LAIN's service makes them, with some of them replaced or added. */
    private String claims(String... more) {
        long now = clock.instant().getEpochSecond();
        String replaced = String.join(",", more);
        String usual = Stream.of(
                        "\"iss\":\"auth server\"",
                        "\"sub\":\"lain\"",
                        "\"aud\":\"lain.local\"",
                        "\"iat\":" + now,
                        "\"nbf\":" + (now - 1),
                        "\"exp\":" + (now + 1800),
                        "\"jti\":\"1511520000.25\"",
                        "\"access\":[{\"type\":\"repository\",\"name\":\"hello\",\"actions\":[\"push\",\"pull\"]}]")
                .filter(claim -> !replaced.contains(claim.substring(0, claim.indexOf(':') + 1)))
                .collect(Collectors.joining(","));
        return "{" + (replaced.isEmpty() ? usual : usual + "," + replaced) + "}";
    }

    private void assertRefused(String token, String reason) {
        assertRefused(verifier, token, reason);
    }

    private static void assertRefused(TokenVerifier verifier, String token, String reason) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> verifier.verify(token))
                .satisfies(e -> assertThat(e.detail()).contains(reason));
    }

    @Test
    void aTokenAsLainsServiceMakesItIsBelievedAndGrantsWhatItSaysAlone() {
        VerifiedToken token = verifier.verify(MINT.mint(claims()));

        assertThat(token.getName()).isEqualTo("lain");
        assertThat(token.getIssuer()).isEqualTo("auth server");
        assertThat(token.getAudience()).containsExactly("lain.local");
        assertThat(token.getTokenID()).isEqualTo("1511520000.25");
        assertThat(token.getExpirationTime()).isEqualTo(clock.instant().getEpochSecond() + 1800);
        assertThat(token.getIssuedAtTime()).isEqualTo(clock.instant().getEpochSecond());
        assertThat(token.getRawToken()).isEqualTo(MINT.mint(claims()));
        assertThat(token.getClaimNames()).contains("access", "nbf");
        assertThat(token.grants(PULL)).isTrue();
        assertThat(token.grants(new Scope("repository", "hello", "push"))).isTrue();
        for (Scope other : List.of(
                new Scope("repository", "hello", "delete"),
                new Scope("repository", "hello", "*"),
                new Scope("repository", "hello2", "pull"),
                new Scope("repository", "hell", "pull"),
                new Scope("registry", "hello", "pull"),
                Scope.CATALOG,
                Scope.ADMINISTRATION)) {
            assertThat(token.grants(other)).as(other.toString()).isFalse();
        }
        assertThat(token.toString()).doesNotContain(token.getRawToken());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"sub\":null", "\"sub\":\"\"", "\"access\":null", "\"access\":[]", "\"nbf\":null"})
    void whatLainsServiceLeavesOutIsNotMissed(String claim) {
        assertThat(verifier.verify(MINT.mint(claims(claim)))).isNotNull();
    }

    @Test
    void aTokenToLogInWithGrantsNothing() {
        VerifiedToken token = verifier.verify(MINT.mint(claims("\"sub\":null", "\"access\":null")
                .replace("\"sub\":null,", "")
                .replace(",\"access\":null", "")));

        assertThat(token.getName()).isNull();
        assertThat(token.grants(PULL)).isFalse();
        assertThat(token.getClaimNames()).doesNotContain("access", "sub");
    }

    @Test
    void severalEntriesOfAccessAddUp() {
        VerifiedToken token = verifier.verify(MINT.mint(claims("""
                "access":[{"type":"repository","name":"a","actions":["pull"]},{"type":"repository","name":"b",\
                "actions":["pull","delete"]},{"type":"repository","name":"a","actions":["*"]},\
                {"type":"registry","name":"catalog","actions":["*"]},{"type":"repository","name":"c","actions":null}]""")));

        assertThat(token.grants(new Scope("repository", "a", "pull"))).isTrue();
        assertThat(token.grants(new Scope("repository", "a", "*"))).isTrue();
        assertThat(token.grants(new Scope("repository", "a", "push")))
                .as("* is an action of its own")
                .isFalse();
        assertThat(token.grants(new Scope("repository", "b", "*")))
                .as("delete is what deleting needs, too")
                .isTrue();
        assertThat(token.grants(new Scope("repository", "c", "pull"))).isFalse();
        assertThat(token.grants(Scope.CATALOG)).isTrue();
        assertThat(token.grants(Scope.ADMINISTRATION)).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"aud\":\"lain.example\"              | true",
                "\"aud\":[\"other\",\"lain.example\"]  | true",
                "\"aud\":[\"other\"]                   | false",
                "\"aud\":[]                            | false",
                "\"aud\":null                          | false",
                "\"aud\":\"lain.local.example\"        | false",
                "\"aud\":7                             | false",
                "\"aud\":[\"lain.local\",7]            | false",
                "\"iss\":\"another issuer\"            | false",
                "\"iss\":null                          | false",
                "\"iss\":[\"auth server\"]             | false",
                "\"exp\":null                          | false",
                "\"exp\":\"soon\"                      | false",
                "\"exp\":1e300                         | true",
                "\"exp\":-1e300                        | false",
                "\"nbf\":1e300                         | false",
                "\"nbf\":\"now\"                       | false",
                "\"sub\":7                             | false",
                "\"sub\":\"a\\u0000b\"                 | false",
                "\"sub\":\"\\ud800\"                   | false",
                "\"access\":7                          | false",
                "\"access\":{}                         | false",
                "\"access\":[7]                        | false",
                "\"access\":[{\"actions\":[7]}]        | false",
                "\"access\":[{\"actions\":\"pull\"}]   | false",
                "\"access\":[{\"type\":7}]             | false",
            })
    void aTokenMustBeForThisServiceOfItsIssuerAndSayWhatItSaysInTheRightTypes(String claim, boolean believed) {
        String token = MINT.mint(claims(claim));
        if (believed) {
            assertThat(verifier.verify(token)).isNotNull();
        } else {
            assertRefused(token, "");
        }
    }

    @Test
    void clocksMayBeAMinuteApartAndNoMore() {
        String token = MINT.mint(claims());

        clock.pass(Duration.ofSeconds(1800 + 59));
        verifier.verify(token);
        clock.pass(Duration.ofSeconds(1));
        assertRefused(token, "expired");

        clock.pass(Duration.ofSeconds(-1860 - 61));
        verifier.verify(token);
        clock.pass(Duration.ofSeconds(-1));
        assertRefused(token, "not valid yet");
    }

    @Test
    void aTokenWithoutSignatureIsRefused() {
        for (String none : List.of("none", "None", "NONE", "nOnE")) {
            String unsigned = TokenMint.encoded(
                            ("{\"alg\":\"" + none + "\",\"kid\":\"" + MINT.libtrustId() + "\"}").getBytes(UTF_8))
                    + "." + TokenMint.encoded(claims().getBytes(UTF_8)) + ".";
            assertRefused(unsigned, "algorithm is not allowed");
        }
        String token = MINT.mint(claims());
        assertRefused(token.substring(0, token.lastIndexOf('.') + 1), "signature");
    }

    @Test
    void aTokenSignedWithThePublicKeyAsASecretIsRefused() throws GeneralSecurityException {
        for (byte[] secret :
                List.of(MINT.pem().getBytes(UTF_8), MINT.publicKey().getEncoded())) {
            String signed =
                    TokenMint.encoded(("{\"alg\":\"HS256\",\"kid\":\"" + MINT.libtrustId() + "\"}").getBytes(UTF_8))
                            + "." + TokenMint.encoded(claims().getBytes(UTF_8));
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));

            assertRefused(signed + "." + TokenMint.encoded(mac.doFinal(signed.getBytes(UTF_8))), "algorithm");
        }
    }

    @Test
    void aKeyThatTheTokenBringsAlongOrPointsToIsNotLookedAt() {
        TokenMint stranger = TokenMint.of("RS256");
        String jwk =
                new RSAKey.Builder((RSAPublicKey) stranger.publicKey()).build().toJSONString();
        for (String header : List.of(
                "\"jwk\":" + jwk,
                "\"jwk\":" + jwk + ",\"kid\":\"" + stranger.libtrustId() + "\"",
                "\"jku\":\"http://127.0.0.1:1/keys\"",
                "\"x5u\":\"http://127.0.0.1:1/certificate\"")) {
            assertRefused(stranger.sign("{\"alg\":\"RS256\"," + header + "}", claims()), "names no key");
        }
        String borrowed = "{\"alg\":\"RS256\",\"kid\":\"" + MINT.libtrustId() + "\",\"jwk\":" + jwk + "}";
        assertRefused(stranger.sign(borrowed, claims()), "signature");
    }

    @Test
    void aTokenThatNamesTheKeyOfAnotherOneIsRefused() {
        TokenMint other = TokenMint.of("RS256");
        TokenVerifier both = verifier(ALL, MINT.pem() + other.pem());
        String header = "{\"alg\":\"RS256\",\"kid\":\"" + other.libtrustId() + "\"}";

        assertRefused(both, MINT.sign(header, claims()), "signature");
        assertThat(both.verify(other.sign(header, claims()))).isNotNull();
    }

    @Test
    void anAlgorithmThatDoesNotSuitTheKeyOrIsNotConfiguredIsRefused() {
        TokenMint curve = TokenMint.of("ES256");
        assertRefused(curve.sign("{\"alg\":\"ES256\",\"kid\":\"" + MINT.libtrustId() + "\"}", claims()), "signature");
        assertRefused(MINT.sign("{\"alg\":\"RS384\",\"kid\":\"" + MINT.libtrustId() + "\"}", claims()), "signature");
        assertRefused(verifier(EnumSet.of(SigningAlgorithm.ES256), MINT.pem()), MINT.mint(claims()), "algorithm");
        TokenMint pss = MINT.with("PS256");
        assertRefused(
                verifier(
                        ALL,
                        "{\"keys\":["
                                + new RSAKey.Builder((RSAPublicKey) MINT.publicKey())
                                        .algorithm(com.nimbusds.jose.JWSAlgorithm.RS256)
                                        .build()
                                        .toJSONString()
                                + "]}"),
                pss.mint(claims()),
                "signature");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[\"exp\"]", "[\"b64\"]", "[]", "null", "[\"http://example.com/unknown\"]"})
    void aTokenWithDemandsIsRefused(String critical) {
        String header =
                "{\"alg\":\"RS256\",\"kid\":\"%s\",\"b64\":false,\"crit\":%s}".formatted(MINT.libtrustId(), critical);

        assertRefused(MINT.sign(header, claims()), "extensions");
    }

    @Test
    void aTokenThatCanBeReadInTwoWaysIsRefused() {
        String kid = "\"kid\":\"" + MINT.libtrustId() + "\"";
        assertRefused(MINT.sign("{\"alg\":\"RS256\",\"alg\":\"none\"," + kid + "}", claims()), "unambiguous");
        assertRefused(MINT.sign("{\"alg\":\"RS256\"," + kid + ",\"kid\":\"other\"}", claims()), "unambiguous");
        assertRefused(MINT.mint(claims().replaceFirst("\\{", "{\"sub\":\"root\",")), "unambiguous");
        assertRefused(
                MINT.mint(
                        claims("\"access\":[{\"type\":\"repository\",\"name\":\"a\",\"name\":\"b\",\"actions\":[]}]")),
                "unambiguous");
        assertRefused(MINT.mint("[]"), "unambiguous");
        assertRefused(MINT.mint(claims() + "{}"), "unambiguous");
    }

    @Test
    void aTokenOfMoreThanSixteenKibibytesIsRefusedAndOneOfLessIsNot() {
        String most = MINT.mint(claims("\"padding\":\"" + "x".repeat(11_000) + "\""));
        assertThat(most.length()).isBetween(14_000, 16 * 1024);
        verifier.verify(most);

        assertRefused(MINT.mint(claims("\"padding\":\"" + "x".repeat(12_000) + "\"")), "longer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "None", "e30.e30.e30", "=.=.=", "é.é.é"})
    void whatIsNoTokenIsRefused(String text) {
        assertRefused(text, "");
    }

    @Test
    void aTokenWithDeepJsonIsRefused() {
        assertRefused(MINT.mint(claims("\"deep\":" + "[".repeat(2000) + "]".repeat(2000))), "unambiguous");
    }

    private static String header(TestCertificate... chain) {
        return Stream.of(chain)
                .map(certificate -> '"' + certificate.base64() + '"')
                .collect(Collectors.joining(",", "{\"alg\":\"RS256\",\"x5c\":[", "]}"));
    }

    @Test
    void aKeyThatATrustedAuthorityVouchesForIsBelieved() {
        TestCertificate authority = TestCertificate.selfSigned(Wish.ofAuthority());
        TestCertificate intermediate = authority.issue(Wish.ofAuthority());
        TestCertificate leaf = intermediate.issue(Wish.leaf());
        TestCertificate direct = authority.issue(Wish.leaf().withUsage(0));
        TokenVerifier trusting = verifier(ALL, authority.pem());

        trusting.verify(leaf.key().sign(header(leaf, intermediate), claims()));
        trusting.verify(leaf.key().sign(header(leaf, intermediate, authority), claims()));
        trusting.verify(leaf.key().sign(header(leaf, authority, intermediate), claims()));
        trusting.verify(direct.key().sign(header(direct), claims()));
        assertRefused(trusting, leaf.key().sign(header(leaf), claims()), "no trusted authority");
        assertRefused(trusting, direct.key().sign(header(leaf, intermediate), claims()), "signature");
    }

    @Test
    void aChainThatLeadsNowhereOrIsWeakOrOverOrForAnotherPurposeIsRefused() {
        TestCertificate authority = TestCertificate.selfSigned(Wish.ofAuthority());
        TestCertificate noAuthority = authority.issue(Wish.leaf());
        TestCertificate old = TestCertificate.selfSigned(Wish.ofAuthority().expired());
        TestCertificate stranger = TestCertificate.selfSigned(Wish.ofAuthority());
        TokenVerifier trusting = verifier(ALL, authority.pem() + noAuthority.pem() + old.pem());

        TestCertificate[][] chains = {
            {stranger},
            {stranger.issue(Wish.leaf()), stranger},
            {noAuthority.issue(Wish.leaf()), noAuthority},
            {authority.issue(Wish.leaf().expired())},
            {authority.issue(Wish.leaf().withUsage(KeyUsage.keyEncipherment))},
            {authority.issue(Wish.leaf().withHash("SHA1"))},
            {old.issue(Wish.leaf())},
        };
        for (TestCertificate[] chain : chains) {
            assertRefused(trusting, chain[0].key().sign(header(chain), claims()), "its certificate");
        }
        assertRefused(trusting, MINT.sign("{\"alg\":\"RS256\",\"x5c\":[]}", claims()), "chain is empty");
        assertRefused(trusting, MINT.sign("{\"alg\":\"RS256\",\"x5c\":[7,\"!\"]}", claims()), "cannot be read");
    }

    @Test
    void aConfiguredCertificateIsBelievedForItsKeyThoughItHasExpired() {
        TestCertificate old = TestCertificate.selfSigned(Wish.leaf().expired().withHash("SHA1"));
        TokenVerifier trusting = verifier(ALL, old.pem());

        trusting.verify(old.key().mint(claims()));
        trusting.verify(old.key().sign(header(old), claims()));
    }
}
