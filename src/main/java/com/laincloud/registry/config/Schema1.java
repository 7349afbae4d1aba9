package com.laincloud.registry.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What is done for clients that know no manifests but those of schema 1.
 *
 * @param enabled whether theirs are taken, and others rewritten for them
 * @param signingKeyFile the key that rewritten ones are signed with; the registry has one of its own otherwise
 */
public record Schema1(boolean enabled, Optional<Path> signingKeyFile) {}
