package com.laincloud.registry.auth.htpasswd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.auth.TestClock;
import com.laincloud.registry.auth.UnusableFileException;
import com.laincloud.registry.config.Auth;
import com.laincloud.registry.oci.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.crypto.bcrypt.BCrypt;

class HtpasswdAuthenticatorTest {

    private static final String HERE = "192.0.2.1";
    private static final int SLOW = 11;

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock(Instant.now());
    private Path file;
    private HtpasswdAuthenticator authenticator;

    @BeforeEach
    void writeTheFile() throws IOException {
        file = directory.resolve("htpasswd");
        write("frodo", "baggins", 4);
        authenticator = new HtpasswdAuthenticator(new Auth.Htpasswd("the shire", file), clock);
    }

    private void write(String user, String password, int cost) throws IOException {
        Files.writeString(file, user + ":" + BCrypt.hashpw(password, BCrypt.gensalt("$2y", cost)) + "\n");
    }

    private static String basic(String credentials) {
        return "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes(UTF_8));
    }

    private void assertRefused(String credentials, String address) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> authenticator.authenticate(basic(credentials), address));
    }

    private void assertHasToWait(String credentials, String address) {
        assertThatExceptionOfType(TooManyFailuresException.class)
                .isThrownBy(() -> authenticator.authenticate(basic(credentials), address))
                .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.TOOMANYREQUESTS))
                .satisfies(e -> assertThat(Integer.parseInt(e.headers().get("Retry-After")))
                        .isBetween(1, 60));
    }

    @Test
    void whoKnowsAPasswordMayDoEverything() {
        Caller caller = authenticator.authenticate(basic("frodo:baggins"), HERE);

        assertThat(caller.name()).isEqualTo("frodo");
        assertThat(caller.method()).isEqualTo("htpasswd");
        assertThat(caller.may(Scope.ADMINISTRATION)).isTrue();
        assertThat(authenticator.challenge(List.of(Scope.CATALOG), null, path -> path))
                .isEqualTo("Basic realm=\"the shire\"");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "frodo:Baggins",
                "frodo:",
                "Frodo:baggins",
                "sam:baggins",
                ":baggins",
                ":",
                "frodo",
                "frodo:baggins:",
                ""
            })
    void whoDoesNotIsRefused(String credentials) {
        assertRefused(credentials, HERE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer token", "Basic", "Basic ", "Basic !!!", "basic", "", "Digest x"})
    void whatAreNoCredentialsIsAsGoodAsNone(String header) {
        assertThatExceptionOfType(RefusedException.class)
                .isThrownBy(() -> authenticator.authenticate(header, HERE))
                .satisfies(e -> assertThat(e.reason()).isNull());
    }

    @Test
    void aPasswordWithAColonAndAnySpellingOfTheSchemeWork() throws IOException {
        write("공주", "a:b:c", 4);
        String header = basic("공주:a:b:c").replace("Basic", "bASIC");

        assertThat(authenticator.authenticate(header, HERE).name()).isEqualTo("공주");
    }

    @Test
    void aPushCostsOneVerification() throws IOException {
        write("frodo", "baggins", SLOW);
        long first = timeOf(1, "frodo:baggins");
        long others = timeOf(100, "frodo:baggins");

        assertThat(others).as("a hundred, against one of " + first + " ns").isLessThan(first);
    }

    @Test
    void anUnknownNameTakesAsLongAsAWrongPassword() throws IOException {
        write("frodo", "baggins", SLOW);
        assertRefused("frodo:wrong", HERE); // the first of all loads classes
        long known = timeOf(1, "frodo:wrong");
        long unknown = timeOf(1, "gollum:wrong");

        assertThat((double) unknown / known).isBetween(0.3, 3.0);
    }

    private long timeOf(int attempts, String credentials) {
        long start = System.nanoTime();
        for (int i = 0; i < attempts; i++) {
            try {
                authenticator.authenticate(basic(credentials), HERE);
            } catch (RefusedException e) {
                assertThat(e.detail()).contains("wrong");
            }
        }
        return System.nanoTime() - start;
    }

    @Test
    void aChangedPasswordHoldsAtOnceThoughTheOldOneWasRemembered() throws IOException {
        authenticator.authenticate(basic("frodo:baggins"), HERE);
        write("frodo", "underhill", 4);
        clock.pass(Duration.ofSeconds(1));

        assertRefused("frodo:baggins", HERE);
        assertThat(authenticator.authenticate(basic("frodo:underhill"), HERE).name())
                .isEqualTo("frodo");
    }

    @Test
    void aClientThatFailsTenTimesInAMinuteHasToWaitAndNoOtherDoes() {
        authenticator.authenticate(basic("frodo:baggins"), HERE);
        for (int i = 0; i < 10; i++) {
            assertRefused("sam:" + i, HERE);
        }

        assertHasToWait("sam:gamgee", HERE);
        assertRefused("sam:gamgee", "192.0.2.2");
        authenticator.authenticate(basic("frodo:baggins"), HERE);
        assertRefused("frodo:wrong", HERE);
        clock.pass(Duration.ofMinutes(1));
        assertRefused("sam:gamgee", HERE);
    }

    @Test
    void anAddressThatTriesOneNameAfterTheOtherHasToWaitButWhoIsLetInStaysIn() {
        authenticator.authenticate(basic("frodo:baggins"), HERE);
        for (int i = 0; i < 100; i++) {
            assertRefused("user" + i + ":password", HERE);
        }

        assertHasToWait("another:password", HERE);
        authenticator.authenticate(basic("frodo:baggins"), HERE);
    }

    @Test
    void aFileThatCannotBeUsedIsSaidAtTheStart() throws IOException {
        Files.writeString(file, "no user at all");

        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(authenticator::check)
                .withMessage("auth.htpasswd.path: [" + file + "]: line 1 is no user and hash");
    }

    @Test
    void wrongPasswordsOfOneAddressKeepNoOtherAddressWaitingForLong() throws Exception {
        write("frodo", "baggins", SLOW + 1);
        try (ExecutorService attackers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> attempts = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String guess = basic("sauron" + i + ":ring");
                attempts.add(attackers.submit(() -> authenticator.authenticate(guess, HERE)));
            }
            await().until(() -> attempts.stream().anyMatch(Future::isDone)); // some are refused, others wait

            assertThat(authenticator
                            .authenticate(basic("frodo:baggins"), "192.0.2.2")
                            .name())
                    .isEqualTo("frodo");
            assertThat(attempts).as("those who came first").anyMatch(attempt -> !attempt.isDone());
            attackers.shutdownNow();
        }
    }
}
