package com.laincloud.registry.http;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Outage;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.storage.StorageException;
import jakarta.persistence.PersistenceException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.transaction.TransactionalException;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An error answer: what an exception becomes, whether it comes out of a resource or out of a filter. What a client can do
 * nothing about is a short answer for the client, and the whole story for the log.
 *
 * @param details one error of the answer for each
 */
public record Failure(int status, ErrorCode code, List<String> details, Map<String, String> headers) {

    private static final System.Logger LOG = System.getLogger(Failure.class.getName());
    private static final int INSUFFICIENT_STORAGE = 507;
    private static final Map<String, String> SOON = Map.of("Retry-After", "5");

    Failure(int status, ErrorCode code, String detail) {
        this(status, code, List.of(detail), Map.of());
    }

    /** What an exception becomes; it is logged where a client cannot be at fault. */
    public static Failure of(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof RegistryException reason) {
                return new Failure(reason.status(), reason.code(), reason.details(), reason.headers());
            }
            if (cause instanceof StorageException storage) {
                return ofStorage(storage, e);
            }
            if (cause instanceof DatabaseException
                    || cause instanceof SQLException
                    || cause instanceof PersistenceException
                    || cause instanceof TransactionalException) {
                return ofDatabase(e);
            }
        }
        LOG.log(Level.ERROR, "unexpected failure", e);
        return new Failure(500, ErrorCode.UNKNOWN, "see the server's log");
    }

    private static Failure ofStorage(StorageException storage, Throwable whole) {
        if (storage.isFull()) {
            LOG.log(Level.ERROR, storage.getMessage());
            return new Failure(INSUFFICIENT_STORAGE, ErrorCode.UNAVAILABLE, "no space left on the storage");
        }
        if (storage.isLost()) {
            LOG.log(Level.ERROR, storage.getMessage());
            return new Failure(404, ErrorCode.BLOB_UNKNOWN, "the storage has lost it");
        }
        if (storage.getCause() == null) { // nothing below the driver failed, and its words are the whole story
            LOG.log(Level.ERROR, "the storage failed: {0}", storage.getMessage());
        } else {
            LOG.log(Level.ERROR, "the storage failed", whole);
        }
        return new Failure(503, ErrorCode.UNAVAILABLE, List.of("the storage cannot be used"), SOON);
    }

    /** An outage is told in a line for each request that it hits; what is no outage is told with its whole stack. */
    private static Failure ofDatabase(Throwable whole) {
        List<Throwable> causes =
                Stream.iterate(whole, Objects::nonNull, Throwable::getCause).toList();
        if (Outage.isBehind(whole)) {
            LOG.log(Level.ERROR, "the database failed: {0}", causes.getLast().getMessage());
            LOG.log(Level.DEBUG, "the database failed", whole);
        } else {
            LOG.log(Level.ERROR, "the database failed", whole);
        }
        return new Failure(503, ErrorCode.UNAVAILABLE, List.of("the database does not answer"), SOON);
    }

    /** The answer of a resource. */
    Response toResponse() {
        Response.ResponseBuilder answer = ErrorBody.answer(status, code, details);
        headers.forEach(answer::header);
        return answer.build();
    }

    /** Answers a request that has not come to a resource. */
    public void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setStatus(status);
        headers.forEach(response::setHeader);
        response.setContentType("application/json");
        if (!request.getMethod().equals("HEAD")) {
            byte[] body = ErrorBody.json(code, details).getBytes(StandardCharsets.UTF_8);
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
        }
    }
}
