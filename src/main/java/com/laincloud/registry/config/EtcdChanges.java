package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdKeys;
import jakarta.enterprise.event.Event;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.Config;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of settings that etcd has told while the registry runs: checked as a whole, then in force as a whole; or
 * refused as a whole, and the last good ones stay. For one thread.
 */
@Singleton
public class EtcdChanges {

    private static final Logger LOGGER = Logger.getLogger(EtcdChanges.class.getName());
    private static final int MOST_UNTOLD = 1_000;

    private final Config config;
    private final CurrentSettings current;
    private final Event<Settings> inForce;
    private final Event<SettingsChanged> changed;
    private final List<SettingChange> untold = new ArrayList<>();
    private @Nullable Map<String, String> seen;
    private @Nullable EtcdTree accepted;

    @Inject
    public EtcdChanges(
            Config config, CurrentSettings current, Event<Settings> inForce, Event<SettingsChanged> changed) {
        this.config = config;
        this.current = current;
        this.inForce = inForce;
        this.changed = changed;
    }

    /** Looks at what etcd has now. */
    void apply(EtcdKeys keys, Etcd etcd) {
        EtcdSource source = ContainerSettingValues.etcdOf(config).orElseThrow();
        EtcdTree last = accepted == null ? source.atStart() : accepted;
        Map<String, String> before = seen == null ? source.keys().values() : seen;
        if (!keys.values().equals(before)) {
            take(keys, etcd, source, last);
        } else if (keys.values().equals(source.keys().values())) {
            source.confirm(keys);
        }
        seen = keys.values();
        tell();
    }

    private void take(EtcdKeys keys, Etcd etcd, EtcdSource source, EtcdTree last) {
        SettingValues before = ContainerSettingValues.with(config, last.source());
        try {
            EtcdTree tree = EtcdTree.of(keys, etcd);
            SettingValues wanted = ContainerSettingValues.with(config, tree.source());
            try {
                Settings.read(wanted); // also what has to wait for the next start, which would find it too late
                EtcdTree pinned = tree.pinnedTo(source.atStart());
                Settings valid = Settings.read(ContainerSettingValues.with(config, pinned.source()));
                source.replace(keys, pinned);
                current.replace(valid);
                accepted = tree;
                tree.remarks().forEach(LOGGER::warning);
                List<SettingChange> changes = SettingChange.between(before, wanted, null);
                changes.forEach(change -> LOGGER.info(change.toString()));
                untold.addAll(changes);
                inForce.fire(valid);
            } catch (InvalidSettingException e) {
                refuse(SettingChange.between(before, wanted, e.getMessage()), e);
            }
        } catch (InvalidSettingException e) {
            refuse(List.of(new SettingChange("auth.token", null, null, "etcd", true, e.getMessage())), e);
        }
    }

    private void refuse(List<SettingChange> changes, InvalidSettingException reason) {
        LOGGER.severe(() -> reason.getMessage() + "; all settings stay as they were");
        untold.addAll(changes);
    }

    /** Tells the changes that are not recorded yet. If they cannot be recorded now, the next call tells them again. */
    private void tell() {
        if (untold.isEmpty()) {
            return;
        }
        try {
            changed.fire(new SettingsChanged(List.copyOf(untold)));
            untold.clear();
        } catch (RuntimeException e) {
            LOGGER.log(Level.WARNING, "the change of settings could not be recorded yet: " + e.getMessage());
            while (untold.size() > MOST_UNTOLD) {
                untold.removeFirst();
            }
        }
    }
}
