package com.laincloud.registry.audit;

import com.laincloud.registry.database.Transaction;
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

    /** For a command, where no client calls itself anything. */
    public static Events ofCommand(EntityManager entities) {
        return new Events(entities, new Clients());
    }

    /**
     * Makes ready to record what a client does, before its transaction: what this may write is committed on a connection of its
     * own, for which no transaction should wait that holds another.
     *
     * @throws com.laincloud.registry.database.DatabaseException if the database cannot answer
     */
    public void expect(Requester requester) {
        clients.require(requester.userAgent());
    }

    /**
     * Records an event in the transaction that does it: no deed without its row, no row without its deed. The row tells whether
     * the transaction was committed.
     */
    @Transactional(Transactional.TxType.MANDATORY)
    public void record(Event event, Requester requester) {
        clients.require(requester.userAgent());
        EventEntity row = new EventEntity(event, requester);
        entities.persist(row);
        Transaction.addWitness(row.witness());
    }
}
