package com.laincloud.registry.http;

import com.laincloud.registry.config.Auth;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request that was sent on this very machine. Its connection is from a loopback address, its {@code Host} is a loopback
 * address, and no proxy says that it forwards the request. {@code Host} matters because of a browser on this machine: a page
 * that it shows asks for the page's own host.
 */
public final class LocalRequest {

    private static final List<String> OF_PROXIES = List.of("X-Forwarded-For", "X-Real-IP", "Forwarded", "Via");

    private LocalRequest() {}

    /**
     * Where callers cannot prove who they are, refuses any other: what is for administrators alone is then for this machine.
     *
     * @throws RegistryException {@link ErrorCode#DENIED} if it is none
     */
    public static void requireUnlessProven(Auth auth, HttpServletRequest request) {
        switch (auth) {
            case Auth.None ignored -> require(request);
            case Auth.Silly ignored -> require(request);
            case Auth.Token ignored -> {}
            case Auth.Htpasswd ignored -> {}
        }
    }

    private static void require(HttpServletRequest request) {
        if (!isLocal(request.getRemoteAddr(), request.getHeader("Host"))
                || OF_PROXIES.stream().anyMatch(header -> request.getHeader(header) != null)) {
            throw new RegistryException(ErrorCode.DENIED, "only requests from the registry's own machine are answered");
        }
    }

    static boolean isLocal(String peer, @Nullable String host) {
        return isLoopback(peer) && host != null && isLoopbackName(host.replaceFirst(":\\d+$", ""));
    }

    private static boolean isLoopbackName(String name) {
        return name.toLowerCase(Locale.ROOT).equals("localhost")
                || name.equals("[::1]")
                || name.matches("127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}");
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress(); // a literal: no name service is asked
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
