package com.laincloud.registry.http;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.connector.SlowReaders;
import com.laincloud.registry.connector.UnreadAnswers;
import com.laincloud.registry.connector.UnreadException;
import com.laincloud.registry.lifecycle.RequestsInFlight;
import com.laincloud.registry.request.Requester;
import jakarta.inject.Inject;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The outermost filter: gives a request its number, notes where it came from, puts the headers on every answer that belong on
 * every answer, has the container send the file that a resource left as the body, and writes the access log when the last
 * byte is sent.
 */
@SuppressWarnings("serial") // containers do not serialise filters
public class RequestFilter extends HttpFilter {

    private final CurrentSettings settings;
    private final RequestsInFlight requestsInFlight;
    private final SlowReaders slowReaders;
    private final UnreadAnswers unreadAnswers;

    @Inject
    public RequestFilter(
            CurrentSettings settings,
            RequestsInFlight requestsInFlight,
            SlowReaders slowReaders,
            UnreadAnswers unreadAnswers) {
        this.settings = settings;
        this.requestsInFlight = requestsInFlight;
        this.slowReaders = slowReaders;
        this.unreadAnswers = unreadAnswers;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Settings current = settings.get();
        Requester requester = requester(request, current);
        CurrentRequester.set(request, requester);
        response.setDateHeader("Date", System.currentTimeMillis());
        response.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Request-Id", requester.requestId());
        current.http().headers().forEach((name, values) -> values.forEach(value -> response.addHeader(name, value)));
        AccessLog.Line line = AccessLog.begin(request);
        CountingResponse counting =
                new CountingResponse(response, !isPull(request), () -> unreadAnswers.awaitRoom(request));
        Runnable end = () -> {
            requestsInFlight.left();
            if (current.log().accessLog()) {
                line.end(counting);
            }
        };
        requestsInFlight.entered();
        boolean isBeingSent = false;
        try {
            unreadAnswers.awaitRoom(request); // of the requests before this one on its connection
            chain.doFilter(request, counting);
            isBeingSent = FileBody.sendIfLeft(request, response, slowReaders, end);
            if (!isBeingSent) {
                unreadAnswers.awaitRoom(request); // the container writes what is left, and would wait
            }
        } catch (UnreadException e) {
            // the connection is closed, and the access log tells how much was written
        } finally {
            if (!isBeingSent) {
                end.run();
            }
        }
    }

    private static boolean isPull(HttpServletRequest request) {
        return request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    }

    private static Requester requester(HttpServletRequest request, Settings settings) {
        String address = ClientAddress.of(
                request.getRemoteAddr(),
                request.getHeaders("X-Forwarded-For"),
                settings.http().trustedProxies());
        return new Requester(address, request.getHeader("User-Agent"), requestId());
    }

    /** Unlike any other, but no secret: nothing is opened by knowing it. */
    private static String requestId() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }
}
