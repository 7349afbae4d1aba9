package com.laincloud.registry.etcd;

import java.net.ConnectException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** etcd could not be asked: it did not answer, refused, or made no sense. One line. Never that a key is not there. */
@SuppressWarnings("serial") // never serialised: it ends as a line of text
public class EtcdException extends RuntimeException {

    public EtcdException(String message) {
        super(message);
    }

    public EtcdException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a failure says, on one line: the innermost that says anything, or else the outermost that is no wrapping. */
    static String fault(Throwable failure) {
        String fault = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            boolean isWrapping = cause instanceof ExecutionException || cause instanceof CompletionException;
            String message = cause.getMessage();
            if (!isWrapping && message != null && !message.isBlank()) {
                fault = message.strip().replaceAll("\\s*\\R\\s*", " ");
            } else if (!isWrapping && fault.isEmpty()) {
                fault = cause instanceof ConnectException
                        ? "connection refused"
                        : cause.getClass().getSimpleName();
            }
        }
        return fault;
    }
}
