package com.laincloud.registry.auth.htpasswd;

import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.auth.Authenticator;
import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Challenge;
import com.laincloud.registry.auth.RefusedException;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.auth.VerdictCache;
import com.laincloud.registry.auth.WatchedFiles;
import com.laincloud.registry.config.Auth;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Lets in who knows a password of the file, to do everything. A password is verified once in five minutes, and again as soon
 * as the file changes.
 */
public final class HtpasswdAuthenticator implements Authenticator {

    private static final String METHOD = "htpasswd";
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int REMEMBERED_USERS = 10_000;
    private static final int FAILURES_OF_A_NAME = 10;
    private static final int FAILURES_OF_AN_ADDRESS = 100;
    private static final Duration BUSY = Duration.ofSeconds(5);
    private static final int MOST_WAITING = 48; // of the threads that answer requests
    private static final int MOST_WAITING_OF_AN_ADDRESS = 16;

    private final Auth.Htpasswd configured;
    private final Clock clock;
    private final WatchedFiles<Passwords> passwords;
    private final FailureLimit<String> ofNames;
    private final FailureLimit<String> ofAddresses;

    /** Half of the processors may be busy with passwords; the other half goes on serving those who were let in. */
    private final FairTurns verifying = new FairTurns(
            Math.max(1, Runtime.getRuntime().availableProcessors() / 2), MOST_WAITING, MOST_WAITING_OF_AN_ADDRESS);

    public HtpasswdAuthenticator(Auth.Htpasswd configured, Clock clock) {
        this.configured = configured;
        this.clock = clock;
        this.passwords = new WatchedFiles<>(
                "auth.htpasswd.path",
                List.of(configured.path()),
                contents -> new Passwords(
                        PasswordFile.parse(contents.getFirst()), new VerdictCache<>(REMEMBERED_USERS, clock)),
                clock);
        this.ofNames = new FailureLimit<>(FAILURES_OF_A_NAME, clock);
        this.ofAddresses = new FailureLimit<>(FAILURES_OF_AN_ADDRESS, clock);
    }

    @Override
    public void check() {
        passwords.get();
    }

    @Override
    public Caller authenticate(@Nullable String authorization, @Nullable String address) {
        BasicCredentials credentials =
                BasicCredentials.of(authorization).orElseThrow(RefusedException::withoutCredentials);
        Passwords known = passwords.get();
        String pair = credentials.name().length() + ":" + credentials.name() + ":" + credentials.password();
        return known.verdicts.find(pair).orElseGet(() -> {
            Caller caller = verify(known.file, credentials, String.valueOf(address));
            known.verdicts.put(pair, caller, clock.instant().plus(REMEMBERED));
            return caller;
        });
    }

    private Caller verify(PasswordFile file, BasicCredentials credentials, String address) {
        String nameAtAddress = address + " " + credentials.name();
        requireFewFailures(nameAtAddress, address);
        if (!PasswordHash.canBe(credentials.password()) || !isRight(file, credentials, nameAtAddress, address)) {
            ofNames.failed(nameAtAddress);
            ofAddresses.failed(address);
            throw RefusedException.wrongPassword(credentials.name());
        }
        return Caller.trusted(credentials.name(), METHOD);
    }

    private void requireFewFailures(String nameAtAddress, String address) {
        ofNames.mustWait(nameAtAddress).or(() -> ofAddresses.mustWait(address)).ifPresent(wait -> {
            throw new TooManyFailuresException(wait);
        });
    }

    /** Takes as long for a name that is not in the file. */
    private boolean isRight(PasswordFile file, BasicCredentials credentials, String nameAtAddress, String address) {
        PasswordHash hash = file.hashes().getOrDefault(credentials.name(), file.ofUnknownName());
        awaitTurn(address);
        try {
            requireFewFailures(nameAtAddress, address); // those who were before may have failed meanwhile
            return hash.isOf(credentials.password()) && file.hashes().containsKey(credentials.name());
        } finally {
            verifying.end();
        }
    }

    private void awaitTurn(String address) {
        try {
            if (verifying.begin(address, BUSY)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new TooManyFailuresException(BUSY);
    }

    @Override
    public String challenge(Collection<Scope> wanted, @Nullable Reason reason, UnaryOperator<String> addresses) {
        return Challenge.basic(configured.realm());
    }

    /** What belongs to the file of the moment: with another one, nothing is remembered that this one had proven. */
    private record Passwords(PasswordFile file, VerdictCache<Caller> verdicts) {}
}
