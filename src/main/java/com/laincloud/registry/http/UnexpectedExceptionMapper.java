package com.laincloud.registry.http;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.storage.StorageException;
import jakarta.persistence.PersistenceException;
import jakarta.transaction.TransactionalException;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;
import jakarta.ws.rs.ext.Provider;
import java.sql.SQLException;
import java.util.List;

/** What nobody foresaw: a short answer for the client, the whole story for the log. */
@Provider
public class UnexpectedExceptionMapper implements ExceptionMapper<Throwable> {

    private static final System.Logger LOG = System.getLogger(UnexpectedExceptionMapper.class.getName());
    private static final int INSUFFICIENT_STORAGE = 507;

    @Override
    public Response toResponse(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof StorageException storage && storage.isFull()) {
                LOG.log(System.Logger.Level.ERROR, storage.getMessage());
                return ErrorBody.answer(
                                INSUFFICIENT_STORAGE, ErrorCode.UNAVAILABLE, List.of("no space left on the storage"))
                        .build();
            }
            if (cause instanceof StorageException storage && storage.isLost()) {
                LOG.log(System.Logger.Level.ERROR, storage.getMessage());
                return ErrorBody.answer(404, ErrorCode.BLOB_UNKNOWN, List.of("the storage has lost it"))
                        .build();
            }
            if (cause instanceof StorageException) {
                LOG.log(System.Logger.Level.ERROR, "the storage failed", e);
                return ErrorBody.answer(503, ErrorCode.UNAVAILABLE, List.of("the storage cannot be used"))
                        .header("Retry-After", "5")
                        .build();
            }
            if (cause instanceof DatabaseException
                    || cause instanceof SQLException
                    || cause instanceof PersistenceException
                    || cause instanceof TransactionalException) {
                return DatabaseFailure.answer(e);
            }
        }
        LOG.log(System.Logger.Level.ERROR, "unexpected failure", e);
        return ErrorBody.answer(500, ErrorCode.UNKNOWN, List.of("see the server's log"))
                .build();
    }
}
