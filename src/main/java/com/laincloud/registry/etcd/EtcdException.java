package com.laincloud.registry.etcd;

/** etcd could not be asked: it did not answer, refused, or made no sense. One line. Never that a key is not there. */
@SuppressWarnings("serial") // never serialised: it ends as a line of text
public class EtcdException extends RuntimeException {

    public EtcdException(String message) {
        super(message);
    }

    public EtcdException(String message, Throwable cause) {
        super(message, cause);
    }

    /** What a failure says, on one line; its class where it says nothing. */
    static String fault(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        String message = cause.getMessage();
        return message == null || message.isBlank()
                ? cause.getClass().getSimpleName()
                : message.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
