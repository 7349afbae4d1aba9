package com.laincloud.registry.launcher;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.glassfish.grizzly.Transport;
import org.glassfish.grizzly.filterchain.FilterChain;
import org.glassfish.grizzly.http.server.HttpServerFilter;
import org.glassfish.grizzly.nio.transport.TCPNIOTransport;

/**
 * Payara's HTTP listener. Disabling it the official way closes the connections it has accepted as well, with the requests on
 * them; its Grizzly transport can be told to accept no more. The classes on the way there are in jars that only the unpacked
 * runtime has, hence the reflection.
 */
final class HttpListener {

    private static final Logger LOGGER = Logger.getLogger(HttpListener.class.getName());

    /** Bytes of answers that lie in memory for a connection before a thread that has more for it waits. */
    private static final int MOST_UNREAD = 64 << 10;

    private HttpListener() {}

    /** Refuses new connections from now on and leaves the others alone; if that fails, all that is lost is the refusal. */
    static void stopAccepting() {
        try {
            Optional<Object> transport = transport();
            if (transport.isPresent()) {
                ((TCPNIOTransport) transport.get()).unbindAll();
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "new connections are still accepted while requests end", e);
        }
    }

    /**
     * Puts {@link ConnectionLimit}, {@link FirstByteFilter} and {@link RequestStreamFilter} before the HTTP codec and
     * {@link EndingFilter} and {@link RequestHeadFilter} in front of the container, and has {@link SendingThreads} write.
     *
     * @throws LaunchException if this is not the Payara that it was made for: without them a request may be taken for two
     */
    static void filter(ConnectionLimit limit, EndingFilter ending) {
        try {
            Transport transport = (Transport) transport().orElseThrow();
            transport.setIOStrategy(new SendingThreads());
            ((TCPNIOTransport) transport).getAsyncQueueIO().getWriter().setMaxPendingBytesPerConnection(MOST_UNREAD);
            FilterChain chain = (FilterChain) transport.getProcessor();
            chain.add(chain.indexOfType(HttpServerFilter.class), new RequestHeadFilter());
            chain.add(chain.indexOfType(RequestHeadFilter.class), ending);
            int codec = chain.indexOfType(org.glassfish.grizzly.http.HttpServerFilter.class);
            chain.add(codec, new RequestStreamFilter().closeSlowHeads());
            chain.add(codec, new FirstByteFilter());
            chain.add(codec, limit);
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new LaunchException("http: requests cannot be read strictly in this Payara Micro: " + e, e);
        }
    }

    /**
     * Accepts connections at an address, and no more where the server has listened until now.
     *
     * @throws LaunchException if the address cannot be listened on
     */
    static void moveTo(InetSocketAddress address) {
        try {
            TCPNIOTransport transport = (TCPNIOTransport) transport().orElseThrow();
            transport.unbindAll();
            transport.bind(address, transport.getServerConnectionBackLog());
        } catch (IOException e) {
            throw new LaunchException("http.addr: cannot listen on " + address + ": " + e.getMessage(), e);
        } catch (ReflectiveOperationException e) {
            throw new LaunchException("http: this Payara Micro cannot listen later than it starts: " + e, e);
        }
    }

    /** The listener's transport; empty while the server has not come that far. */
    private static Optional<Object> transport() throws ReflectiveOperationException {
        Class<?> locatorType = Class.forName("org.glassfish.hk2.api.ServiceLocator");
        Object locator = Class.forName("org.glassfish.internal.api.Globals")
                .getMethod("getDefaultHabitat")
                .invoke(null);
        if (locator == null) {
            return Optional.empty();
        }
        Class<?> serviceType = Class.forName("com.sun.enterprise.v3.services.impl.GrizzlyService");
        Class<?> configurationType = Class.forName("org.glassfish.grizzly.config.dom.NetworkListener");
        var find = locatorType.getMethod("getService", Class.class, java.lang.annotation.Annotation[].class);
        var findNamed =
                locatorType.getMethod("getService", Class.class, String.class, java.lang.annotation.Annotation[].class);
        var none = new java.lang.annotation.Annotation[0];
        Object service = find.invoke(locator, serviceType, none);
        Object configuration = findNamed.invoke(locator, configurationType, "http-listener", none);
        Object proxy =
                serviceType.getMethod("lookupNetworkProxy", configurationType).invoke(service, configuration);
        Object listener = proxy.getClass().getMethod("getUnderlyingListener").invoke(proxy);
        return Optional.of(listener.getClass().getMethod("getTransport").invoke(listener));
    }
}
