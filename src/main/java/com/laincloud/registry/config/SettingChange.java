package com.laincloud.registry.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A setting that is another one than before, fit to be shown.
 *
 * @param oldValue null if there was none
 * @param newValue null if there is none any more
 * @param source where the new value is from
 * @param isLive whether it takes effect at once; otherwise at the next start
 * @param refusal why it takes none at all; null if it was accepted
 */
public record SettingChange(
        String key,
        @Nullable String oldValue,
        @Nullable String newValue,
        String source,
        boolean isLive,
        @Nullable String refusal) {

    /** What is different, by key. */
    static List<SettingChange> between(SettingValues before, SettingValues after, @Nullable String refusal) {
        TreeSet<String> keys = new TreeSet<>();
        before.configured().forEach(setting -> keys.add(setting.key()));
        after.configured().forEach(setting -> keys.add(setting.key()));
        List<SettingChange> changes = new ArrayList<>();
        for (String key : keys) {
            Optional<Setting> old = before.find(key);
            Optional<Setting> now = after.find(key);
            if (!Objects.equals(old.map(Setting::value), now.map(Setting::value))) {
                changes.add(new SettingChange(
                        key,
                        old.map(Setting::masked).orElse(null),
                        now.map(Setting::masked).orElse(null),
                        now.map(Setting::source).orElse("defaults"),
                        KeyTable.HONOURED.isLive(key),
                        refusal));
            }
        }
        return changes;
    }

    /** As a line of a log. */
    @Override
    public String toString() {
        return "setting " + key + " is now " + (newValue == null ? "unset" : "\"" + newValue + "\"") + " from " + source
                + ", was " + (oldValue == null ? "unset" : "\"" + oldValue + "\"")
                + (isLive ? "" : ": takes effect at the next start");
    }
}
