package com.laincloud.registry.it;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands tests the one {@link RegistryServer} of their process: {@code @ExtendWith(SharedRegistryServer.class)} on a class
 * whose constructor takes a {@code RegistryServer}, a {@link RegistryClient} of it, or both. It is started by the first
 * class that asks and ended after the last. Tests keep apart by using repositories of their own, and never stop it.
 */
public final class SharedRegistryServer implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == RegistryServer.class || type == RegistryClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        RegistryServer server = context.getStore(
                        StoreScope.LAUNCHER_SESSION, Namespace.create(SharedRegistryServer.class))
                .computeIfAbsent(RegistryServer.class, key -> RegistryServer.start(), RegistryServer.class);
        return parameter.getParameter().getType() == RegistryServer.class ? server : new RegistryClient(server.uri());
    }
}
