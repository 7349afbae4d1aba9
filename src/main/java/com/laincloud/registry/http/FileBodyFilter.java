package com.laincloud.registry.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Sends the file that a resource left as the body of its answer. Holds no thread while it is on its way. */
@SuppressWarnings("serial") // containers do not serialise filters
public class FileBodyFilter extends HttpFilter {

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        FileBody body = FileBody.of(request);
        if (body != null && !response.isCommitted()) {
            response.setContentLengthLong(body.length());
            AsyncContext async = request.startAsync();
            async.setTimeout(0);
            ZeroCopy.send(request, body, async);
        }
    }
}
