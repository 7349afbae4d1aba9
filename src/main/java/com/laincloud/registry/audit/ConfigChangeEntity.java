package com.laincloud.registry.audit;

import com.laincloud.registry.config.SettingChange;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import org.hibernate.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** A row of {@code config_change}: written once, by the database's clock, never changed. */
@Entity
@Immutable
@Table(name = "config_change")
@SuppressWarnings("UnusedVariable") // Hibernate reads the fields
class ConfigChangeEntity {

    /** The host name of this instance, where it has one. */
    static final @Nullable String SERVER = System.getenv("HOSTNAME");

    @Id
    @GeneratedValue(strategy = GenerationType.IDENTITY)
    private Long id;

    private String key;

    @Column(name = "old_value")
    private @Nullable String oldValue;

    @Column(name = "new_value")
    private @Nullable String newValue;

    private String source;
    private boolean live;
    private boolean accepted;
    private @Nullable String reason;
    private @Nullable String server;

    protected ConfigChangeEntity() {}

    ConfigChangeEntity(SettingChange change) {
        this.key = change.key();
        this.oldValue = change.oldValue();
        this.newValue = change.newValue();
        this.source = change.source();
        this.live = change.isLive();
        this.accepted = change.refusal() == null;
        this.reason = change.refusal();
        this.server = SERVER;
    }
}
