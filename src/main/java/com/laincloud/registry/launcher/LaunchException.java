package com.laincloud.registry.launcher;

/** A command that cannot be carried out, in one line for the terminal. */
@SuppressWarnings("serial") // never serialised: it ends as a line on the terminal
final class LaunchException extends RuntimeException {

    LaunchException(String message) {
        super(message);
    }

    LaunchException(String message, Throwable cause) {
        super(message, cause);
    }
}
