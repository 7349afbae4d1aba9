package com.laincloud.registry.config;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the registry is spoken to.
 *
 * @param addr where it listens
 * @param host the address that clients are given, whatever they asked for
 * @param relativeUrls whether clients are given paths instead of addresses
 * @param headers sent with every answer
 * @param drainTimeout how long requests may take to end when the server ends
 * @param drainNotice how long readiness says so before
 * @param minRate bytes per second that a client's body must come with; 0 for none
 * @param trustedProxies whose {@code X-Forwarded-*} is believed
 */
public record Http(
        HostAndPort addr,
        Optional<URI> host,
        boolean relativeUrls,
        Map<String, List<String>> headers,
        Duration drainTimeout,
        Duration drainNotice,
        long minRate,
        List<Network> trustedProxies) {}
