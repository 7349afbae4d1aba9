package com.laincloud.registry.lifecycle;

import jakarta.inject.Singleton;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The registry has come up, and does not end yet: a balancer sends its requests elsewhere before they would be refused. */
@Readiness
@Singleton
public class EndReadiness implements HealthCheck {

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("lifecycle")
                .status("up".equals(System.getProperty(RegistryLifecycle.STATE)))
                .build();
    }
}
