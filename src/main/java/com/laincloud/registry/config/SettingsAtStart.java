package com.laincloud.registry.config;

import java.util.List;

/** Told once, when the registry comes up: the settings it comes up with. */
public record SettingsAtStart(List<EffectiveSetting> settings) {}
