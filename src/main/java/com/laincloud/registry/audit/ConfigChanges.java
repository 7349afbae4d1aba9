package com.laincloud.registry.audit;

import com.laincloud.registry.config.EffectiveSetting;
import com.laincloud.registry.config.SettingChange;
import com.laincloud.registry.config.SettingsAtStart;
import com.laincloud.registry.config.SettingsChanged;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.persistence.EntityManager;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The append-only record of how the registry was configured: what was changed while it ran, and in between. */
@Singleton
public class ConfigChanges {

    private final EntityManager entities;

    @Inject
    public ConfigChanges(EntityManager entities) {
        this.entities = entities;
    }

    /** Records what was changed, or was refused. */
    @Transactional
    public void record(@Observes SettingsChanged changed) {
        changed.changes().forEach(change -> entities.persist(new ConfigChangeEntity(change)));
    }

    /**
     * Records in what the settings of this start differ from what is known of the one before; at first, all there are. The one
     * before is this instance's, where a setting of it is on record: addresses and paths are other ones on each.
     */
    @Transactional
    public void record(@Observes SettingsAtStart start) {
        Map<String, String> before = lastKnown();
        for (EffectiveSetting setting : start.settings()) {
            String known = before.remove(setting.key());
            boolean isWorthARow = setting.isConfigured() || known != null;
            if (isWorthARow && !Objects.equals(known, setting.value())) {
                persist(setting.key(), known, setting.value(), setting.source(), setting.isLive());
            }
        }
        before.forEach((key, known) -> persist(key, known, null, "none", false));
    }

    private void persist(String key, @Nullable String known, @Nullable String value, String source, boolean isLive) {
        entities.persist(new ConfigChangeEntity(new SettingChange(key, known, value, source, isLive, null)));
    }

    private Map<String, String> lastKnown() {
        List<?> rows = entities.createNativeQuery("""
                        select distinct on (key) key, new_value from registry.config_change
                        where accepted order by key, coalesce(server, '') = :server desc, id desc""")
                .setParameter("server", Objects.requireNonNullElse(ConfigChangeEntity.SERVER, ""))
                .getResultList();
        Map<String, String> known = new TreeMap<>();
        for (Object row : rows) {
            if (row instanceof Object[] columns && columns[1] != null) {
                known.put(String.valueOf(columns[0]), String.valueOf(columns[1]));
            }
        }
        return known;
    }
}
