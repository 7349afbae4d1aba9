package com.laincloud.registry.schema1;

import com.laincloud.registry.database.Lookup;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.Optional;
import javax.sql.DataSource;

/**
 * The registry's own key, generated once and kept in the database. Registries that generate one at the same time all end
 * up with the one that was committed first; one that crashes in the middle leaves none.
 */
@Singleton
public class GeneratedSigningKey {

    private final EntityManager entities;
    private final Lookup<String> kept;

    @Inject
    public GeneratedSigningKey(EntityManager entities, DataSource database) {
        this.entities = entities;
        this.kept = new Lookup<>(database, "select jwk from schema1_signing_key", row -> row.getString(1));
    }

    /** The key, which is generated if there is none yet. */
    @Transactional
    SigningKey get() {
        return kept().orElseGet(() -> {
            entities.createNativeQuery("insert into schema1_signing_key (jwk) values (:jwk) on conflict do nothing")
                    .setParameter("jwk", SigningKey.generate().toPrivateJson())
                    .executeUpdate();
            return kept().orElseThrow();
        });
    }

    private Optional<SigningKey> kept() {
        return kept.first().map(SigningKey::ofJson);
    }
}
