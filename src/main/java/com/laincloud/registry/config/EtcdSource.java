package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdKeys;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.spi.ConfigSource;
import org.jspecify.annotations.Nullable;

/**
 * etcd as a source of MicroProfile Config: above the environment, below the system properties. It has what etcd had at the
 * start, until it is given something newer ({@link EtcdWatch}).
 */
public final class EtcdSource implements ConfigSource {

    private static final int INDEX_STEP = 500;

    private final Optional<Etcd> etcd;
    private final AtomicReference<@Nullable State> state = new AtomicReference<>();
    private final Optional<InvalidSettingException> fault;

    /** As the settings of this process say, without those in etcd. The container finds this source by its service file. */
    public EtcdSource() {
        Optional<Etcd> configured = Optional.empty();
        Optional<InvalidSettingException> wrong = Optional.empty();
        try {
            configured = EtcdSection.read(ProcessSettingValues.withoutEtcd());
            if (configured.isPresent()) {
                EtcdState start = new EtcdStart(configured.get()).state();
                EtcdTree tree = EtcdTree.of(start.keys(), configured.get());
                state.set(new State(start, tree, tree));
            }
        } catch (InvalidSettingException e) {
            wrong = Optional.of(e); // thrown when settings are read: here the container could not make sense of it
        }
        this.etcd = configured;
        this.fault = wrong;
    }

    /** Where etcd is, over the interface that it was read before; empty if settings do not come from there. */
    Optional<Etcd> etcd() {
        State current = state.get();
        return current == null ? etcd : etcd.map(configured -> configured.asReadBefore(current.etcd.keys()));
    }

    /**
     * What it has; empty if settings do not come from etcd.
     *
     * @throws InvalidSettingException if etcd could not be read at the start
     */
    Optional<SettingSource> source() {
        fault.ifPresent(thrown -> {
            throw thrown;
        });
        return Optional.ofNullable(state.get()).map(current -> current.tree.source());
    }

    /** The settings at the start, which those that are not live keep. */
    EtcdTree atStart() {
        return present().atStart;
    }

    /** The keys whose settings it has. */
    EtcdKeys keys() {
        return present().etcd.keys();
    }

    private State present() {
        State current = state.get();
        if (current == null) {
            throw new IllegalStateException("settings do not come from etcd");
        }
        return current;
    }

    /** From now on, it has these. */
    void replace(EtcdKeys keys, EtcdTree tree) {
        state.set(new State(new EtcdState(present().etcd.prefix(), Instant.now(), keys), tree, atStart()));
        keep();
    }

    /**
     * etcd still has these keys, at a higher index. That is kept now and then: often enough for etcd to remember what has
     * happened since, which is a thousand changes with v2.
     */
    void confirm(EtcdKeys keys) {
        if (!keys.store().equals(keys().store()) || keys.index() >= keys().index() + INDEX_STEP) {
            replace(keys, present().tree);
        }
    }

    /** From now on, what lacks the keys has lost them, whatever its index. */
    void distrust() {
        State current = present();
        if (!current.etcd.keys().store().cluster().isEmpty()) {
            state.set(new State(current.etcd.ofLostStore(), current.tree, current.atStart));
            keep();
        }
    }

    /** Keeps what it has for a start without etcd: it has made good settings. */
    void keep() {
        etcd.ifPresent(configured -> new EtcdStart(configured).keep(present().etcd));
    }

    @Override
    public Set<String> getPropertyNames() {
        return getProperties().keySet();
    }

    @Override
    public Map<String, String> getProperties() {
        State current = state.get();
        Map<String, String> properties = new LinkedHashMap<>();
        if (current != null) {
            current.tree.source().values().forEach((key, value) -> properties.put(SettingValues.PREFIX + key, value));
        }
        return properties;
    }

    @Override
    public @Nullable String getValue(String propertyName) {
        return getProperties().get(propertyName);
    }

    @Override
    public String getName() {
        return "etcd";
    }

    @Override
    public int getOrdinal() {
        return SettingSource.ETCD;
    }

    private record State(EtcdState etcd, EtcdTree tree, EtcdTree atStart) {}
}
