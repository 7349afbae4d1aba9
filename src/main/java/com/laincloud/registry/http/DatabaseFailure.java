package com.laincloud.registry.http;

import com.laincloud.registry.oci.ErrorCode;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

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

    private static void log(Throwable failure) {
        LOG.log(System.Logger.Level.ERROR, "the database failed", failure);
    }
}
