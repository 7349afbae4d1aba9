package com.laincloud.registry;

import jakarta.ws.rs.ApplicationPath;
import jakarta.ws.rs.core.Application;
import java.util.Map;

/** The JAX-RS application: every request of the WAR is one of its resources. */
@ApplicationPath("/")
public class RegistryApplication extends Application {

    /** Jersey is not to complete relative {@code Location} headers, nor to describe the resources to strangers. */
    @Override
    public Map<String, Object> getProperties() {
        return Map.of(
                "jersey.config.server.headers.location.relative.resolution.disabled", true,
                "jersey.config.server.wadl.disableWadl", true);
    }
}
