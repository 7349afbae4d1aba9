package com.laincloud.registry.config;

import java.util.List;

/** Fired when settings were changed, or when a change of them was refused. */
public record SettingsChanged(List<SettingChange> changes) {}
