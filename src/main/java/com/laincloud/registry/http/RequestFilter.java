package com.laincloud.registry.http;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Settings;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;

/**
 * The outermost filter: gives a request its number, finds out who asks, puts the headers on every answer that belong on
 * every answer, and sees to it that the access log gets its line when the last byte is sent.
 */
@SuppressWarnings("serial") // containers do not serialise filters
public class RequestFilter extends HttpFilter {

    private final CurrentSettings settings;

    @Inject
    public RequestFilter(CurrentSettings settings) {
        this.settings = settings;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Settings current = settings.get();
        Requester requester = requester(request, current);
        request.setAttribute(Requester.ATTRIBUTE, requester);
        response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Request-Id", requester.requestId());
        current.http().headers().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        if (current.log().accessLog()) {
            AccessLog.Line line = AccessLog.begin(request, requester);
            CountingResponse counting = new CountingResponse(response);
            try {
                chain.doFilter(request, counting);
            } finally {
                line.endWith(counting);
            }
        } else {
            chain.doFilter(request, response);
        }
    }

    private static Requester requester(HttpServletRequest request, Settings settings) {
        String address = ClientAddress.of(
                request.getRemoteAddr(),
                request.getHeaders("X-Forwarded-For"),
                settings.http().trustedProxies());
        return new Requester(
                request.getRemoteUser(),
                address,
                request.getHeader("User-Agent"),
                UUID.randomUUID().toString());
    }
}
