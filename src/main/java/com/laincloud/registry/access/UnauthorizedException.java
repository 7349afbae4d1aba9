package com.laincloud.registry.access;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.util.Map;

/**
 * 401, and how to come back. Also for those who are known and may not: clients take a missing scope as the reason to ask for
 * a token that has it, and a 403 as the end.
 */
@SuppressWarnings("serial") // never serialised: it ends as an HTTP answer
class UnauthorizedException extends RegistryException {

    private final String challenge;

    UnauthorizedException(String challenge, String detail) {
        super(ErrorCode.UNAUTHORIZED, detail);
        this.challenge = challenge;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("WWW-Authenticate", challenge);
    }
}
