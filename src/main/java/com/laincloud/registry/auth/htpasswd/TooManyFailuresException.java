package com.laincloud.registry.auth.htpasswd;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.time.Duration;
import java.util.Map;

/** 429, and when to come back: too many passwords were wrong, or too many are being verified. */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
class TooManyFailuresException extends RegistryException {

    private final Duration wait;

    TooManyFailuresException(Duration wait) {
        super(ErrorCode.TOOMANYREQUESTS, "too many attempts to log in");
        this.wait = wait;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Retry-After", Long.toString(Math.max(1, wait.toSeconds())));
    }
}
