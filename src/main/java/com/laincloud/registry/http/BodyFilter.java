package com.laincloud.registry.http;

import com.laincloud.registry.connector.GrizzlyRequest;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Has the bodies of requests counted while they come ({@link WaitingBodies}). */
@SuppressWarnings("serial") // containers do not serialise filters
public class BodyFilter extends HttpFilter {

    private final WaitingBodies bodies;

    @Inject
    public BodyFilter(WaitingBodies bodies) {
        this.bodies = bodies;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        boolean hasBody = request.getContentLengthLong() > 0 || request.getHeader("Transfer-Encoding") != null;
        hasBody &= GrizzlyRequest.isBehind(request);
        if (!hasBody) {
            chain.doFilter(request, response);
            return;
        }
        PacedBody body = new PacedBody(request, bodies, GrizzlyRequest.endOfInput(request));
        try {
            chain.doFilter(body, response);
        } finally {
            body.leave();
        }
    }
}
