/**
 * Tests of the registry as it is delivered: the launcher is started as a child process and spoken to over HTTP.
 *
 * <p>{@link com.laincloud.registry.it.SharedRegistryServer} hands every test class the one server of its process;
 * {@link com.laincloud.registry.it.RegistryServer} starts one's own for tests that kill or configure it;
 * {@link com.laincloud.registry.it.RegistryClient} speaks the protocol.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.it;
