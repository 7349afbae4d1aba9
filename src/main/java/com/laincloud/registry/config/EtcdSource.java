package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdKeys;
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
                EtcdKeys keys = new EtcdStart(configured.get()).keys();
                EtcdTree tree = EtcdTree.of(keys, configured.get());
                state.set(new State(keys, tree, tree));
            }
        } catch (InvalidSettingException e) {
            wrong = Optional.of(e); // whoever reads settings throws it: the container would only wonder
        }
        this.etcd = configured;
        this.fault = wrong;
    }

    /** Where etcd is; empty if settings do not come from there. */
    Optional<Etcd> etcd() {
        return etcd;
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
        return present().keys;
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
        state.set(new State(keys, tree, atStart()));
    }

    /** Keeps what it has for a start without etcd: it has made good settings. What was kept already has no index. */
    void keep() {
        etcd.filter(configured -> keys().index() > 0).ifPresent(configured -> new EtcdStart(configured).keep(keys()));
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

    private record State(EtcdKeys keys, EtcdTree tree, EtcdTree atStart) {}
}
