package com.laincloud.registry.config;

import java.time.Duration;
import java.util.Optional;

/**
 * The record of what was done.
 *
 * @param retention how long it is kept; empty: for ever
 */
public record Audit(Optional<Duration> retention) {}
