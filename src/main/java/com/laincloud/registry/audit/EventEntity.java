package com.laincloud.registry.audit;

import com.laincloud.registry.request.Requester;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of {@code event}: written once, by the database's clock, never changed. */
@Entity
@Immutable
@Table(name = "event")
@SuppressWarnings("UnusedVariable") // Hibernate reads the fields
class EventEntity {

    private static final int MAX_USER_AGENT = 512;

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    private String action;
    private String repository;
    private @Nullable String tag;
    private String digest;

    @Column(name = "previous_digest")
    private @Nullable String previousDigest;

    @Column(name = "media_type")
    private @Nullable String mediaType;

    private @Nullable Long size;
    private @Nullable String actor;

    @Column(name = "auth_method")
    private @Nullable String authMethod;

    @Column(name = "client_address")
    @ColumnTransformer(write = "cast(? as inet)")
    private @Nullable String clientAddress;

    @Column(name = "user_agent")
    private @Nullable String userAgent;

    @Column(name = "request_id")
    private String requestId;

    protected EventEntity() {}

    EventEntity(Event event, Requester requester) {
        this.action = event.action().word();
        this.repository = event.repository().value();
        this.tag = event.tag() == null ? null : event.tag().name();
        this.digest = event.digest().toString();
        this.previousDigest =
                event.previousDigest() == null ? null : event.previousDigest().toString();
        this.mediaType = event.mediaType();
        this.size = event.size();
        this.actor = requester.actor();
        this.authMethod = requester.authMethod();
        this.clientAddress = requester.address();
        this.userAgent = shortened(requester.userAgent());
        this.requestId = requester.requestId();
    }

    /** What a client calls itself, as far as the database takes it. */
    static @Nullable String shortened(@Nullable String text) {
        return text == null
                ? null
                : text.substring(0, Math.min(text.length(), MAX_USER_AGENT)).replace('\0', '?');
    }
}
