package com.laincloud.registry.audit;

import com.laincloud.registry.database.Witness;
import com.laincloud.registry.request.Requester;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.hibernate.annotations.ColumnTransformer;
import org.hibernate.annotations.Generated;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of {@code event}: written once, by the database's clock, never changed. */
@Entity
@Immutable
@Table(name = "event")
@SuppressWarnings("UnusedVariable") // Hibernate reads the fields
class EventEntity {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    /** The number of the transaction that wrote the row. */
    @Generated
    @Column(name = "tx", insertable = false)
    private String transaction;

    @Column(name = "occurred_at")
    @ColumnTransformer(write = "coalesce(cast(? as timestamptz), clock_timestamp())")
    private @Nullable Instant occurredAt;

    private String action;
    private String repository;
    private @Nullable String tag;
    private String digest;

    @Column(name = "previous_digest")
    private @Nullable String previousDigest;

    @Column(name = "media_type")
    private @Nullable String mediaType;

    private @Nullable Long size;

    @Column(name = "image_size")
    private @Nullable Long imageSize;

    private @Nullable Long reused;
    private @Nullable String actor;

    @Column(name = "auth_method")
    private @Nullable String authMethod;

    @Column(name = "client_address")
    @ColumnTransformer(write = "cast(? as inet)")
    private @Nullable String clientAddress;

    @ColumnTransformer(write = "client_id(cast(? as text))")
    private @Nullable String client;

    @Column(name = "request_id")
    private UUID requestId;

    protected EventEntity() {}

    EventEntity(Event event, Requester requester) {
        this.occurredAt = event.at();
        this.action = event.action().word();
        this.repository = event.repository().value();
        this.tag = event.tag() == null ? null : event.tag().name();
        this.digest = event.digest().toString();
        this.previousDigest =
                event.previousDigest() == null ? null : event.previousDigest().toString();
        this.mediaType = event.mediaType();
        this.size = event.size();
        this.imageSize = event.imageSize();
        this.reused = event.reused();
        this.actor = requester.actor();
        this.authMethod = requester.authMethod();
        this.clientAddress = requester.address();
        this.client = Clients.shortened(requester.userAgent());
        this.requestId = UUID.fromString(requester.requestId());
    }

    /** This row, once it is written: a request has a number that no other has. */
    Witness witness() {
        return new Witness(transaction, """
                select true from event
                where epoch = (select max(epoch) from database_cluster) and tx = ?::xid8 and id = ? and request_id = ?""", List.of(transaction, id, requestId));
    }
}
