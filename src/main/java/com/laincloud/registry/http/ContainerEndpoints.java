package com.laincloud.registry.http;

import com.laincloud.registry.config.Auth;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.lifecycle.StartUp;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Warns, once, of what the container itself answers beside the registry, and without credentials, where the registry asks for
 * them. The launcher switches these endpoints off; a Payara Micro that is started without it has them.
 */
@Singleton
public class ContainerEndpoints {

    private static final Logger LOGGER = Logger.getLogger(ContainerEndpoints.class.getName());
    private static final String METRICS = "fish.payara.microprofile.metrics.MetricsService";
    private static final String OPEN_API = "fish.payara.microprofile.openapi.impl.OpenApiService";

    private final CurrentSettings settings;
    private final AtomicBoolean warned = new AtomicBoolean();

    @Inject
    public ContainerEndpoints(CurrentSettings settings) {
        this.settings = settings;
    }

    void start(@Observes StartUp start) {
        warnIfOpen(settings.get());
    }

    void change(@Observes Settings inForce) {
        warnIfOpen(inForce);
    }

    private void warnIfOpen(Settings inForce) {
        if (inForce.auth() instanceof Auth.None) {
            return;
        }
        List<String> open = new ArrayList<>();
        if (isEnabled(METRICS)) {
            open.add("/metrics");
        }
        if (isEnabled(OPEN_API)) {
            open.add("/openapi");
        }
        if (!open.isEmpty() && warned.compareAndSet(false, true)) {
            LOGGER.warning(
                    String.join(" and ", open) + " of the container answer without credentials; to switch them off,"
                            + " start it with --prebootcommandfile FILE, of the lines"
                            + " \"set configs.config.server-config.microprofile-metrics-configuration.enabled=false\""
                            + " and \"set-openapi-configuration --enabled=false\"");
        }
    }

    /** Asks a service of the container, by reflection: their servlets are there when they are switched off, too. */
    private static boolean isEnabled(String service) {
        try {
            Class<?> type = Class.forName(service);
            Object running = Class.forName("org.glassfish.internal.api.Globals")
                    .getMethod("get", Class.class)
                    .invoke(null, type);
            return running != null
                    && Boolean.TRUE.equals(type.getMethod("isEnabled").invoke(running));
        } catch (ReflectiveOperationException e) {
            LOGGER.log(Level.FINE, "this container has no " + service, e);
            return false;
        }
    }
}
