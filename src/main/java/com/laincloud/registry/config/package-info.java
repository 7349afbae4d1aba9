/**
 * The settings of the registry: one tree, {@code registry.*}, with the keys of docker/distribution's configuration file.
 *
 * <p>Every key that is honoured stands with its default in {@code META-INF/microprofile-config.properties}; every key of
 * docker/distribution that is not stands with the reason in {@code not-honoured.properties} beside these classes. Sources,
 * highest first: system properties, the environment, the configuration file, the defaults.
 *
 * <p>Used inside the container, over MicroProfile Config, and by the launcher before there is a container.
 */
@NullMarked
package com.laincloud.registry.config;

import org.jspecify.annotations.NullMarked;
