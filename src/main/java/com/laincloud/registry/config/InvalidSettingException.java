package com.laincloud.registry.config;

/** A setting that cannot be used. */
@SuppressWarnings("serial")
public class InvalidSettingException extends RuntimeException {
    public InvalidSettingException(String message) {
        super(message);
    }
}
