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
    private final Clients clients;

    @Inject
    Events(EntityManager entities, Clients clients) {
        this.entities = entities;
        this.clients = clients;
    }

    /** Records an event in the transaction that does it: no deed without its row, no row without its deed. */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(Event event, Requester requester) {
        clients.require(requester.userAgent());
        entities.persist(new EventEntity(event, requester));
    }
}
