package com.laincloud.registry.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A setting as it is in force, fit to be shown.
 *
 * @param value without secrets; empty if there is none
 * @param source where it is from; {@code defaults} if it is not configured
 * @param isLive whether a change takes effect at once; otherwise at the next start
 * @param remark why it has no effect; empty if it has
 */
public record EffectiveSetting(String key, String value, String source, boolean isLive, String remark) {

    /** Every setting there is, and every key that was configured in vain, by key. */
    public static List<EffectiveSetting> of(SettingValues values) {
        List<EffectiveSetting> settings = new ArrayList<>();
        for (Key key : KeyTable.HONOURED.keys()) {
            Setting setting =
                    values.find(key.name()).orElse(new Setting(key.name(), "", "defaults", SettingSource.DEFAULTS));
            if (setting.ordinal() <= SettingSource.DEFAULTS) {
                settings.add(new EffectiveSetting(key.name(), setting.masked(), setting.source(), key.isLive(), ""));
            }
        }
        for (Setting setting : values.configured()) {
            if (!SettingWarnings.isNoSetting(setting.key())) {
                settings.add(new EffectiveSetting(
                        setting.key(),
                        setting.masked(),
                        setting.source(),
                        KeyTable.HONOURED.isLive(setting.key()),
                        SettingWarnings.reason(setting).orElse("")));
            }
        }
        settings.sort(Comparator.comparing(EffectiveSetting::key));
        return settings;
    }

    /** Whether all instances of one registry must have the same value of it, and that value is no secret. */
    boolean isShared() {
        return remark.isEmpty()
                && KeyTable.HONOURED
                        .governing(key)
                        .filter(setting -> !setting.isOfServer() && !setting.isSecret())
                        .isPresent();
    }

    /** {@code live} or {@code restart}. */
    public String effect() {
        return isLive ? "live" : "restart";
    }

    /** Whether it is from a source other than the defaults. */
    public boolean isConfigured() {
        return !source.equals("defaults");
    }
}
