package com.laincloud.registry.config;

import java.util.List;

/** Told whenever settings were changed, or somebody tried to. */
public record SettingsChanged(List<SettingChange> changes) {}
