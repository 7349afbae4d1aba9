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

/** A row of {@code denial}: written once, by the database's clock, never changed. */
@Entity
@Immutable
@Table(name = "denial")
@SuppressWarnings("UnusedVariable") // Hibernate reads the fields
class DenialEntity {

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    private @Nullable String repository;
    private String scope;
    private String reason;
    private String detail;
    private long repeated;
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

    protected DenialEntity() {}

    /** @param repeated how many equal ones before it have no row */
    DenialEntity(Denial denial, Requester requester, long repeated) {
        this.repository = denial.repository().map(name -> name.value()).orElse(null);
        this.scope = denial.scope();
        this.reason = denial.reason().words();
        this.detail = denial.detail();
        this.repeated = repeated;
        this.actor = requester.actor();
        this.authMethod = requester.authMethod();
        this.clientAddress = requester.address();
        this.userAgent = Clients.shortened(requester.userAgent());
        this.requestId = requester.requestId();
    }
}
