package com.laincloud.registry.connector;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.channels.SocketChannel;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.nio.NIOConnection;

/** The connector's request behind that of the Servlet API, in the container that this was tested with. */
public final class GrizzlyRequest {

    private static final String FACADE = "org.apache.catalina.connector.RequestFacade";

    private static final ClassValue<Method> COYOTE = new Getter("getUnwrappedCoyoteRequest");
    private static final ClassValue<Method> GRIZZLY = new Getter("getCoyoteRequest");

    private GrizzlyRequest() {}

    /** A method of this name, looked up once. */
    private static final class Getter extends ClassValue<Method> {

        private final String name;

        Getter(String name) {
            this.name = name;
        }

        @Override
        protected Method computeValue(Class<?> type) {
            try {
                return type.getMethod(name);
            } catch (NoSuchMethodException e) {
                throw new IllegalStateException("this container is not the one that was tested", e);
            }
        }
    }

    /** Whether this request comes from that connector. */
    public static boolean isBehind(ServletRequest request) {
        return unwrapped(request).getClass().getName().equals(FACADE);
    }

    /** @throws IllegalStateException if there is none */
    static Request of(ServletRequest request) {
        try {
            ServletRequest facade = unwrapped(request);
            Object coyote = COYOTE.get(facade.getClass()).invoke(facade);
            return (Request) GRIZZLY.get(coyote.getClass()).invoke(coyote);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException("this container is not the one that was tested", e);
        }
    }

    /** The connection that a request came on. */
    static Connection<?> connection(ServletRequest request) {
        return of(request).getContext().getConnection();
    }

    /**
     * What ends the bytes that come from the client of a request, from any thread: a read that waits for them meets the end. The
     * client can still be answered. (Closing the connection would leave that read waiting.)
     */
    public static Runnable endOfInput(ServletRequest request) {
        Connection<?> connection = connection(request);
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
