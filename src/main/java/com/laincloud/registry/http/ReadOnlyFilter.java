package com.laincloud.registry.http;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;
import jakarta.ws.rs.ext.Provider;

/** Refuses whatever would change something while {@code storage.maintenance.readonly} is on. */
@Provider
@PreMatching
@Singleton
public class ReadOnlyFilter implements ContainerRequestFilter {

    private final CurrentSettings settings;

    @Inject
    public ReadOnlyFilter(CurrentSettings settings) {
        this.settings = settings;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (settings.get().storage().readOnly() && !isReading(request.getMethod())) {
            throw new RegistryException(ErrorCode.UNSUPPORTED, "the registry is read-only for maintenance");
        }
    }

    private static boolean isReading(String method) {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS" -> true;
            default -> false;
        };
    }
}
