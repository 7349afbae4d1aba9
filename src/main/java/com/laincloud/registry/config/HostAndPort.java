package com.laincloud.registry.config;

/** Address. */
public record HostAndPort(String host, int port) {}
