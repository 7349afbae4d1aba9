package com.laincloud.registry.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The body of what the container refuses by itself. Its own would be a page of HTML, which clients that expect JSON stumble
 * over, and which says what server this is.
 */
@SuppressWarnings("serial") // containers do not serialise servlets
public class ErrorPage extends HttpServlet {

    /** Whatever the method: the request that was refused keeps its own. */
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) {
        int status = request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE) instanceof Integer refused
                ? refused
                : HttpServletResponse.SC_NOT_FOUND;
        byte[] body = ErrorBody.json(ErrorBody.codeOf(status), List.of("the request was refused with status " + status))
                .getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setContentType("application/json");
        response.setContentLength(body.length);
        try {
            response.getOutputStream().write(body);
        } catch (IOException e) {
            // the client has gone, which may be why the request was refused
        }
    }
}
