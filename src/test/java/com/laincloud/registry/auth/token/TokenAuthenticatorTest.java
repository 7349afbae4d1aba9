package com.laincloud.registry.auth.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.auth.TestClock;
import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.config.Auth;
import com.laincloud.registry.config.Auth.SigningAlgorithm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenAuthenticatorTest {

    private static final URI REALM = URI.create("http://console.lain.local/api/v1/authorize/registry/");

    @TempDir
    private Path directory;

    private final TokenMint mint = TokenMint.of("RS256");
    private final TestClock clock = new TestClock(Instant.now());
    private Path bundle;
    private TokenAuthenticator authenticator;

    @BeforeEach
    void writeTheBundle() throws IOException {
        bundle = Files.writeString(directory.resolve("server.pem"), mint.pem());
        authenticator = new TokenAuthenticator(configured(Optional.empty()), clock);
    }

    private Auth.Token configured(Optional<String> autoRedirectPath) {
        return new Auth.Token(
                autoRedirectPath.isPresent() ? Optional.empty() : Optional.of(REALM),
                autoRedirectPath,
                "lain.local",
                Set.of("lain.local"),
                Set.of("auth server"),
                Optional.of(bundle),
                Optional.empty(),
                Set.of(SigningAlgorithm.RS256));
    }

    private static String authorization(TokenMint mint, Instant expiry) {
        return "Bearer " + mint.mint("""
                {"iss":"auth server","aud":"lain.local","sub":"lain","exp":%d,\
                "access":[{"type":"repository","name":"hello","actions":["pull"]}]}""".formatted(expiry.getEpochSecond()));
    }

    @Test
    void aTokenIsVerifiedOnceAndItsCallerMayDoWhatItSays() {
        String authorization = authorization(mint, clock.instant().plusSeconds(600));
        Caller caller = authenticator.authenticate(authorization, null);

        assertThat(caller.name()).isEqualTo("lain");
        assertThat(caller.method()).isEqualTo("token");
        assertThat(caller.may(new Scope("repository", "hello", "pull"))).isTrue();
        assertThat(caller.may(new Scope("repository", "hello", "push"))).isFalse();
        assertThat(authenticator
                        .authenticate(authorization.replace("Bearer", "bEARER "), null)
                        .principal())
                .as("the verdict is remembered")
                .isSameAs(caller.principal());
    }

    @Test
    void whatIsRememberedIsForgottenWhenItExpires() {
        String authorization = authorization(mint, clock.instant().plusSeconds(10));
        authenticator.authenticate(authorization, null);
        clock.pass(Duration.ofSeconds(10).plus(TokenVerifier.LEEWAY).plusSeconds(1));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> authenticator.authenticate(authorization, null))
                .satisfies(e -> assertThat(e.detail()).contains("expired"));
    }

    @Test
    void anotherKeyInTheFileHoldsAtOnceThoughAVerdictOfTheOldOneWasRemembered() throws IOException {
        TokenMint successor = TokenMint.of("RS256");
        String old = authorization(mint, clock.instant().plusSeconds(600));
        authenticator.authenticate(old, null);

        Files.writeString(bundle, successor.pem());
        clock.pass(Duration.ofSeconds(1));

        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> authenticator.authenticate(old, null))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.INVALID_TOKEN));
        authenticator.authenticate(authorization(successor, clock.instant().plusSeconds(600)), null);
    }

    @Test
    void aFileWithoutKeysLetsNoCallerInAndIsSaidAtTheStart() throws IOException {
        Files.writeString(bundle, "");

        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(authenticator::check)
                .withMessage("auth.token: [" + bundle + "]: there is no certificate and no public key in it");
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(() -> authenticator.authenticate(
                        authorization(mint, clock.instant().plusSeconds(9)), null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer  ", "Basic bGFpbjpsYWlu", "None"})
    void whatIsNoTokenIsAsGoodAsNothing(String authorization) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> authenticator.authenticate(authorization, null))
                .satisfies(e -> assertThat(e.reason()).isNull());
    }

    @Test
    void theChallengeNamesTheRealmOrAPathOfTheHostThatWasAsked() {
        List<Scope> wanted = List.of(Scope.CATALOG);

        assertThat(authenticator.challenge(wanted, null, path -> "https://registry" + path))
                .isEqualTo("Bearer realm=\"" + REALM + "\",service=\"lain.local\",scope=\"registry:catalog:*\"");
        assertThat(new TokenAuthenticator(configured(Optional.of("/auth/token")), clock)
                        .challenge(wanted, Reason.INVALID_TOKEN, path -> "https://registry" + path))
                .isEqualTo("Bearer realm=\"https://registry/auth/token\",service=\"lain.local\","
                        + "scope=\"registry:catalog:*\",error=\"invalid_token\"");
    }
}
