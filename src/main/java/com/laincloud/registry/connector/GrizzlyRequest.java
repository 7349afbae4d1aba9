package com.laincloud.registry.connector;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.nio.NIOConnection;

/** The connector's request behind that of the Servlet API, in the container that this was tested with. */
public final class GrizzlyRequest {

    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    private GrizzlyRequest() {}

    /** Whether this request comes from that connector. */
    public static boolean isBehind(ServletRequest request) {
        return unwrapped(request).getClass().getName().equals(FACADE);
    }

    /** @throws IllegalStateException if there is none */
    static Request of(ServletRequest request) {
        try {
            ServletRequest facade = unwrapped(request);
            Object coyote =
                    facade.getClass().getMethod("getUnwrappedCoyoteRequest").invoke(facade);
            return (Request) coyote.getClass().getMethod("getCoyoteRequest").invoke(coyote);
        } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("this container is not the one that was tested", e);
        }
    }

    /**
     * What ends the bytes that come from the client of a request, from any thread: a read that waits for them meets the end. The
     * client can still be answered. (Closing the connection would leave that read waiting.)
     */
    public static Runnable endOfInput(ServletRequest request) {
        Connection<?> connection = of(request).getContext().getConnection();
        return () -> {
            try {
                ((SocketChannel) ((NIOConnection) connection).getChannel()).shutdownInput();
            } catch (IOException e) {
                connection.terminateSilently(); // it is closed already
            }
        };
    }

    private static ServletRequest unwrapped(ServletRequest request) {
        ServletRequest inner = request;
        while (inner instanceof ServletRequestWrapper wrapper) {
            inner = wrapper.getRequest();
        }
        return inner;
    }
}
