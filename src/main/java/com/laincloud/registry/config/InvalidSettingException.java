package com.laincloud.registry.config;

/** A setting that cannot be used. The message is one line: the key, its value, where it is from, and what is allowed. */
@SuppressWarnings("serial") // never serialised: it ends as a line of text
public class InvalidSettingException extends RuntimeException {

    public InvalidSettingException(String message) {
        super(message);
    }

    /** A value that is not what the key allows. */
    static InvalidSettingException of(Setting setting, String allowed) {
        return new InvalidSettingException(
                "%s: \"%s\" from %s: must be %s".formatted(setting.key(), setting.masked(), setting.source(), allowed));
    }
}
