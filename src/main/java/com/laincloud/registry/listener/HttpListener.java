package com.laincloud.registry.listener;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Optional;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.http.HttpServerFilter;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;

/**
 * Payara's HTTP listener. The classes on the way to its Grizzly transport are in jars that only the running server has,
 * hence the reflection.
 */
public final class HttpListener {

    private static final System.Logger LOG = System.getLogger(HttpListener.class.getName());

    private HttpListener() {}

    /**
     * Refuses new connections from now on and leaves the others alone. (Disabling the listener the official way closes
     * the connections it has accepted as well, with the requests on them.) If that fails, all that is lost is the refusal.
     */
    public static void stopAccepting() {
        try {
            Optional<TCPNIOTransport> transport = transport();
            if (transport.isPresent()) {
                transport.get().unbindAll();
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "new connections are still accepted while requests end", e);
        }
    }

    /** Has what is no HTTP, and addresses that are none, refused with an answer; does so once however often it is asked. */
    public static void refuseWhatIsMalformed() {
        try {
            transport()
                    .map(TCPNIOTransport::getProcessor)
                    .filter(FilterChain.class::isInstance)
                    .map(FilterChain.class::cast)
                    .ifPresent(HttpListener::guard);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOG.log(System.Logger.Level.WARNING, "malformed requests are left to the container", e);
        }
    }

    /** What stands before the codec sees bytes; what stands before the server sees requests. */
    private static void guard(FilterChain chain) {
        int codec = chain.indexOfType(HttpServerFilter.class);
        int server = chain.indexOfType(org.glassfish.grizzly.http.server.HttpServerFilter.class);
        if (codec > 0 && server > codec && chain.indexOfType(AddressFilter.class) < 0) {
            chain.add(server, new AddressFilter());
            chain.add(codec, new FirstByteFilter());
        }
    }

    private static Optional<TCPNIOTransport> transport() throws ReflectiveOperationException {
        Class<?> locatorType = Class.forName("org.glassfish.hk2.api.ServiceLocator");
        Object locator = Class.forName("org.glassfish.internal.api.Globals")
                .getMethod("getDefaultHabitat")
                .invoke(null);
        if (locator == null) {
            return Optional.empty(); // the server has not come that far
        }
        Class<?> serviceType = Class.forName("com.sun.enterprise.v3.services.impl.GrizzlyService");
        Class<?> configurationType = Class.forName("org.glassfish.grizzly.config.dom.NetworkListener");
        Method find = locatorType.getMethod("getService", Class.class, Annotation[].class);
        Method findNamed = locatorType.getMethod("getService", Class.class, String.class, Annotation[].class);
        Annotation[] none = new Annotation[0];
        Object service = find.invoke(locator, serviceType, none);
        Object configuration = findNamed.invoke(locator, configurationType, "http-listener", none);
        Object proxy =
                serviceType.getMethod("lookupNetworkProxy", configurationType).invoke(service, configuration);
        Object listener = proxy.getClass().getMethod("getUnderlyingListener").invoke(proxy);
        return Optional.of(
                (TCPNIOTransport) listener.getClass().getMethod("getTransport").invoke(listener));
    }
}
