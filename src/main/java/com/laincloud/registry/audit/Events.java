package com.laincloud.registry.audit;

import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;

/** The append-only record of everything done to the registry. */
@Singleton
public class Events {

    private final EntityManager entities;

    @Inject
    public Events(EntityManager entities) {
        this.entities = entities;
    }

    /** Records an event in the transaction that does it: no deed without its row, no row without its deed. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(Event event, Requester requester) {
        entities.persist(new EventEntity(event, requester));
    }
}
