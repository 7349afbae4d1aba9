package com.laincloud.registry.auth;

/** A file of keys or passwords cannot be used, so no caller can be authenticated. The message is one line. */
@SuppressWarnings("serial") // never serialised: it ends as a line of text
public class UnusableFileException extends RuntimeException {

    public UnusableFileException(String message) {
        super(message);
    }

    public UnusableFileException(String message, Throwable cause) {
        super(message, cause);
    }
}
