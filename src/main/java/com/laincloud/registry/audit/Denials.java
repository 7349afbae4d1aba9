package com.laincloud.registry.audit;

import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.time.Clock;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The append-only record of what was denied to whom. Requests without credentials are no part of it: every login begins with
 * one. No client can fill the disk with it: equal denials are a row a minute, which counts those before it, and there is a
 * limit to all rows of a minute, a lower one for those of strangers.
 */
@Singleton
public class Denials {

    private static final int A_MINUTE_OF_KNOWN = 600;
    private static final int A_MINUTE_OF_STRANGERS = 60;

    private final EntityManager entities;
    private final RepeatLimit<Kind> ofKnown;
    private final RepeatLimit<Kind> ofStrangers;

    @Inject
    public Denials(EntityManager entities) {
        this.entities = entities;
        this.ofKnown = new RepeatLimit<>(A_MINUTE_OF_KNOWN, Clock.systemUTC());
        this.ofStrangers = new RepeatLimit<>(A_MINUTE_OF_STRANGERS, Clock.systemUTC());
    }

    /** Records a denial, in a transaction of its own, unless the limits hold it back. */
    @Transactional
    public void record(Denial denial, Requester requester) {
        boolean isKnown = denial.reason().isOfKnownCaller();
        // strangers may name any scope and any fault they like, so these do not make a denial another one
        Kind kind = new Kind(
                denial.reason(),
                isKnown ? Optional.of(denial.scope()) : Optional.empty(),
                requester.actor(),
                requester.address());
        (isKnown ? ofKnown : ofStrangers)
                .admit(kind)
                .ifPresent(repeated -> entities.persist(new DenialEntity(denial, requester, repeated)));
    }

    private record Kind(
            Reason reason,
            Optional<String> scope,
            @Nullable String actor,
            @Nullable String address) {}
}
