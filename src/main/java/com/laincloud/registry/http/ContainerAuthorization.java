package com.laincloud.registry.http;

import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.annotation.WebListener;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Takes the container's own authorization out of the way of requests, on the one container where it refuses digests. Payara
 * Micro 7.2025.1 asks a policy about each request, also where the application declares no security constraint, and the
 * question cannot hold a colon: every path with a digest is answered 503. The registry declares no constraint and decides by
 * itself who may do what, so the container loses no decision. Where a constraint was declared, for {@code /metrics} for
 * instance, all stays as it is.
 *
 * <p>It is done by reflection, because no API reaches the container's pipeline.
 */
@WebListener
public class ContainerAuthorization implements ServletContextListener {

    private static final Logger LOGGER = Logger.getLogger(ContainerAuthorization.class.getName());

    /** Jakarta Authorization 3.0 has it, the version before does not: containers of Jakarta EE 10 ask no such question. */
    private static final String SINCE = "jakarta.security.jacc.PolicyFactory";

    private static final String AUTHENTICATORS = "org.apache.catalina.authenticator.";

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            Class.forName(SINCE);
            removeAuthenticator(event.getServletContext());
        } catch (ClassNotFoundException e) {
            LOGGER.log(Level.FINE, "this container asks no policy", e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "the container's authorization stays; it may refuse requests with a digest", e);
        }
    }

    private static void removeAuthenticator(ServletContext application) throws ReflectiveOperationException {
        Object module = context(context(application));
        Object descriptor = call(module, "getWebBundleDescriptor");
        if (!((Collection<?>) call(descriptor, "getSecurityConstraintsSet")).isEmpty()) {
            return;
        }
        Object pipeline = call(module, "getPipeline");
        for (Object valve : (Object[]) call(pipeline, "getValves")) {
            if (valve.getClass().getName().startsWith(AUTHENTICATORS)) {
                pipeline.getClass()
                        .getMethod("removeValve", Class.forName("org.glassfish.web.valve.GlassFishValve"))
                        .invoke(pipeline, valve);
            }
        }
    }

    /** What a facade of the container stands for. */
    private static Object context(Object facade) throws ReflectiveOperationException {
        Field field = facade.getClass().getDeclaredField("context");
        field.setAccessible(true);
        return field.get(facade);
    }

    private static Object call(Object target, String method) throws ReflectiveOperationException {
        return target.getClass().getMethod(method).invoke(target);
    }
}
