package com.laincloud.registry.http;

import com.laincloud.registry.oci.ErrorCode;
import jakarta.resource.ResourceException;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.transaction.xa.XAException;

/** What clients are told while the database does not answer: 503, and to come back. The whole story is for the log. */
public final class DatabaseFailure {

    private static final System.Logger LOG = System.getLogger(DatabaseFailure.class.getName());
    private static final int STATUS = HttpServletResponse.SC_SERVICE_UNAVAILABLE;
    private static final String RETRY_AFTER = "Retry-After";
    private static final String SECONDS = "5";
    private static final List<String> DETAILS = List.of("the database does not answer");

    private DatabaseFailure() {}

    static Response answer(Throwable failure) {
        log(failure);
        return ErrorBody.answer(STATUS, ErrorCode.UNAVAILABLE, DETAILS)
                .header(RETRY_AFTER, SECONDS)
                .build();
    }

    /** Answers a request that has not come to a resource. */
    public static void answer(Throwable failure, HttpServletResponse response) throws IOException {
        log(failure);
        response.setStatus(STATUS);
        response.setHeader(RETRY_AFTER, SECONDS);
        response.setContentType("application/json");
        response.getOutputStream()
                .write(ErrorBody.json(ErrorCode.UNAVAILABLE, DETAILS).getBytes(StandardCharsets.UTF_8));
    }

    /** An outage is told in a line for each request that it hits; what is no outage is told with its whole stack. */
    private static void log(Throwable failure) {
        List<Throwable> causes =
                Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
        if (causes.stream().anyMatch(DatabaseFailure::isOutage)) {
            LOG.log(Level.ERROR, "the database failed: {0}", causes.getLast().getMessage());
            LOG.log(Level.DEBUG, "the database failed", failure);
        } else {
            LOG.log(Level.ERROR, "the database failed", failure);
        }
    }

    /** Class 08 is a connection that broke or could not be made, 57P a server that ends or begins (PostgreSQL, A). */
    private static boolean isOutage(Throwable cause) {
        if (cause instanceof SQLException sql && sql.getSQLState() != null) {
            return sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P");
        }
        return cause instanceof XAException || cause instanceof ResourceException;
    }
}
