/**
 * The settings of the registry: one tree, {@code registry.*}, with the keys of docker/distribution's configuration file.
 *
 * <p>Every key that is honoured stands with its type, its default, and when a change of it takes effect in {@code
 * META-INF/microprofile-config.properties}; every key of docker/distribution that is not stands with the reason in {@code
 * not-honoured.properties} beside these classes. Sources, highest first: system properties, etcd, the environment, the
 * configuration file, the defaults.
 *
 * <p>A change in etcd takes these steps: {@link com.laincloud.registry.config.EtcdWatch} hears of it, {@link
 * com.laincloud.registry.config.EtcdChanges} has it checked as a whole, and {@link
 * com.laincloud.registry.config.CurrentSettings} puts it in force. Then the events {@link
 * com.laincloud.registry.config.Settings} and {@link com.laincloud.registry.config.SettingsChanged} tell their observers.
 *
 * <p>Used inside the container, over MicroProfile Config, and by the launcher before there is a container.
 */
@NullMarked
package com.laincloud.registry.config;

import org.jspecify.annotations.NullMarked;
