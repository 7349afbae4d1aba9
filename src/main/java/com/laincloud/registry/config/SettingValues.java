package com.laincloud.registry.config;

import java.util.Optional;

/** Where settings are looked up by key. */
public interface SettingValues {
    Optional<String> value(String key);
}
