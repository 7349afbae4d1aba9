package com.laincloud.registry.http;

import com.laincloud.registry.oci.ErrorCode;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonBuilderFactory;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;

/**
 * The one form of every error answer: {@code {"errors":[{"code":…,"message":…,"detail":…}]}}.
 *
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#error-codes">distribution-spec,
 *     error codes</a>
 */
final class ErrorBody {

    private static final JsonBuilderFactory JSON = Json.createBuilderFactory(Map.of());

    private ErrorBody() {}

    /** An answer with one error for each detail. */
    static Response.ResponseBuilder answer(int status, ErrorCode code, List<String> details) {
        return Response.status(status).type(MediaType.APPLICATION_JSON_TYPE).entity(json(code, details));
    }

    /** The code of a refusal that is nothing but a status. */
    static ErrorCode codeOf(int status) {
        return status >= 500 ? ErrorCode.UNKNOWN : ErrorCode.UNSUPPORTED;
    }

    /** The body of an answer with one error for each detail. */
    static String json(ErrorCode code, List<String> details) {
        JsonArrayBuilder errors = JSON.createArrayBuilder();
        for (String detail : details) {
            errors.add(JSON.createObjectBuilder()
                    .add("code", code.name())
                    .add("message", code.message(detail))
                    .add("detail", detail));
        }
        return JSON.createObjectBuilder().add("errors", errors).build().toString();
    }
}
