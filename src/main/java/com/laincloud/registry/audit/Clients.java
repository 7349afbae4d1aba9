package com.laincloud.registry.audit;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.TransactionPhase;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import org.jspecify.annotations.Nullable;

/** What clients call themselves: a row for each text, to which events refer. */
@Singleton
class Clients {

    private static final int MAX_LENGTH = 512;
    private static final int MAX_REMEMBERED = 1024;

    private final EntityManager entities;
    private final Event<Noted> noted;
    private final Cache<String, Boolean> known =
            Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).build();

    @Inject
    Clients(EntityManager entities, Event<Noted> noted) {
        this.entities = entities;
        this.noted = noted;
    }

    /** That there is a row of a text, if the transaction is committed. */
    record Noted(String text) {}

    /** Sees to it that there is a row of a text when the transaction is committed. */
    void require(@Nullable String userAgent) {
        String text = shortened(userAgent);
        if (text == null || known.getIfPresent(text) != null) {
            return;
        }
        entities.createNativeQuery(
                        "insert into client (id, user_agent) values (client_id(:text), :text) on conflict (id) do nothing")
                .setParameter("text", text)
                .executeUpdate();
        noted.fire(new Noted(text));
    }

    void remember(@Observes(during = TransactionPhase.AFTER_SUCCESS) Noted committed) {
        known.put(committed.text(), true);
    }

    /** What a client calls itself, as far as the database takes it. */
    static @Nullable String shortened(@Nullable String text) {
        return text == null
                ? null
                : text.substring(0, Math.min(text.length(), MAX_LENGTH)).replace('\0', '?');
    }
}
