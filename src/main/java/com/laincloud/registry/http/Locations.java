package com.laincloud.registry.http;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Http;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The addresses by which clients find what an answer names. They must be those the client itself used: {@code http.host}
 * if it is set, nothing but the path with {@code http.relativeurls}, else what a trusted proxy says was asked for
 * ({@code X-Forwarded-Proto}, {@code X-Forwarded-Host}), else what was asked for. Where another than a trusted proxy says so,
 * the path is enough: it is right whatever was asked for.
 */
@Singleton
public class Locations {

    private final CurrentSettings settings;

    @Inject
    public Locations(CurrentSettings settings) {
        this.settings = settings;
    }

    /**
     * The address of {@code path}, absolute wherever that can be known.
     *
     * @param path begins with a slash, and may have a query
     */
    public String of(HttpServletRequest request, String path) {
        Http http = settings.get().http();
        boolean isRelative = http.relativeUrls() || (isForwarded(request) && !isFromTrustedProxy(request));
        return http.host().isEmpty() && isRelative ? path : absolute(request, path);
    }

    /** The address of {@code path}, absolute wherever that can be known, even with {@code http.relativeurls}. */
    public String absolute(HttpServletRequest request, String path) {
        Optional<URI> configured = settings.get().http().host();
        if (configured.isPresent()) {
            return withoutSlash(configured.get().toString()) + path;
        }
        String host = firstOf(request, "X-Forwarded-Host");
        host = host == null ? request.getHeader("Host") : host;
        return host == null || !isHost(host) ? path : scheme(request) + "://" + host + path;
    }

    private static boolean isForwarded(HttpServletRequest request) {
        return request.getHeader("X-Forwarded-Proto") != null || request.getHeader("X-Forwarded-Host") != null;
    }

    private boolean isFromTrustedProxy(HttpServletRequest request) {
        return ClientAddress.isWithin(
                request.getRemoteAddr(), settings.get().http().trustedProxies());
    }

    private String scheme(HttpServletRequest request) {
        String forwarded = firstOf(request, "X-Forwarded-Proto");
        if (forwarded == null) {
            return request.getScheme();
        }
        return "https".equals(forwarded) ? "https" : "http";
    }

    /** The first of a header's comma-separated values: the one that the proxy nearest to the client wrote. */
    private @Nullable String firstOf(HttpServletRequest request, String header) {
        String value = isFromTrustedProxy(request) ? request.getHeader(header) : null;
        return value == null ? null : value.split(",", 2)[0].strip();
    }

    private static boolean isHost(String host) {
        return !host.isEmpty()
                && host.chars()
                        .allMatch(c -> (c >= 'a' && c <= 'z')
                                || (c >= 'A' && c <= 'Z')
                                || (c >= '0' && c <= '9')
                                || ".-_:[]".indexOf(c) >= 0);
    }

    private static String withoutSlash(String address) {
        return address.endsWith("/") ? address.substring(0, address.length() - 1) : address;
    }
}
