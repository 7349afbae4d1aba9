package com.laincloud.registry.http;

import com.laincloud.registry.oci.ErrorCode;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Refuses targets that the container and JAX-RS would take for others: they decode {@code %2f} to a separator, drop what
 * follows a semicolon, and a slash at the end. A proxy in front of the registry does not, and decides by what it sees. The
 * same goes for a query for what was there at another time, but for what a tag named then.
 *
 * <p>It also answers in place of the requests that the launcher found malformed.
 */
@SuppressWarnings("serial") // containers do not serialise filters
public class TargetFilter extends HttpFilter {

    /** Where the launcher sends on what is no request; the parameter {@code why} says what is wrong. */
    private static final String MALFORMED = "/malformed-request";

    /** How a query may ask for what was there at another time. */
    private static final Set<String> TIMES = Set.of("at", "as-of", "as_of", "asof", "before", "since", "time", "until");

    /** Manifests, which can be asked for as a tag named them. */
    private static final Pattern PAST = Pattern.compile("/v2/.+/manifests/[^/]+");

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        String path = request.getRequestURI();
        if (path.equals(MALFORMED)) {
            String why = request.getParameter("why");
            new Failure(400, ErrorCode.UNSUPPORTED, why == null ? "the request is malformed" : why)
                    .send(request, response);
            return;
        }
        String reason = path.startsWith("/v2/") ? ambiguity(path) : null;
        if (reason != null) {
            new Failure(400, ErrorCode.NAME_INVALID, reason).send(request, response);
        } else if (endsInVain(path)) {
            new Failure(404, ErrorCode.UNSUPPORTED, "the target ends with a slash").send(request, response);
        } else if (path.startsWith("/v2/") && asksForAnotherTime(request.getQueryString()) && !isPull(request)) {
            new Failure(400, ErrorCode.UNSUPPORTED, "only what is there now can be asked for").send(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    /** What a tag named at a moment is known, and asked for by {@code at} alone. */
    private static boolean isPull(HttpServletRequest request) {
        return PAST.matcher(request.getRequestURI()).matches()
                && String.valueOf(request.getQueryString()).matches("at=[^&]*")
                && (request.getMethod().equals("GET") || request.getMethod().equals("HEAD"));
    }

    /** What is unknown in a query is passed over; but what is there now would be a wrong answer to this. */
    private static boolean asksForAnotherTime(@Nullable String query) {
        return query != null
                && Stream.of(query.split("&", -1))
                        .map(parameter -> parameter.split("=", 2)[0].toLowerCase(Locale.ROOT))
                        .anyMatch(TIMES::contains);
    }

    /** LAIN's runbook asks for tags with a slash at the end; a list that is the same with and without misleads no reader. */
    private static boolean endsInVain(String path) {
        return path.startsWith("/v2/")
                && path.endsWith("/")
                && path.length() > "/v2/".length()
                && !path.endsWith("/blobs/uploads/")
                && !path.endsWith("/tags/list/")
                && !path.endsWith("./");
    }

    private static @Nullable String ambiguity(String path) {
        if (path.indexOf(';') >= 0) {
            return "the target has a semicolon";
        }
        if (path.toLowerCase(Locale.ROOT).contains("%2f")) {
            return "the target has an encoded slash";
        }
        if (path.contains("//")) {
            return "the target has an empty segment";
        }
        return null;
    }
}
