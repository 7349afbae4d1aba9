package com.laincloud.registry.launcher;

/** What a client sent is no request, or could be read as more than one. The message says why. */
@SuppressWarnings("serial") // it is never serialised
final class MalformedRequestException extends Exception {

    MalformedRequestException(String message) {
        super(message, null, false, false);
    }
}
