package com.laincloud.registry.listener;

import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.HttpResponsePacket;
import org.glassfish.grizzly.http.Method;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.grizzly.memory.Buffers;

/**
 * Refuses a request whose {@link Address} is malformed, in the form of every other error. The container would answer some
 * without a body, and some 200.
 */
final class AddressFilter extends BaseFilter {

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (context.getMessage() instanceof HttpContent content
                && content.getHttpHeader() instanceof HttpRequestPacket request) {
            Optional<RegistryException> fault = Address.fault(
                    text(request.getRequestURIRef().getOriginalRequestURIBC()), text(request.getQueryStringDC()));
            if (fault.isPresent()) {
                content.recycle();
                refuse(context, request, fault.get());
                return context.getStopAction();
            }
        }
        return context.getInvokeAction();
    }

    /** The connection ends with the answer, whatever else the request has. */
    private static void refuse(FilterChainContext context, HttpRequestPacket request, RegistryException fault) {
        byte[] body = body(fault).getBytes(StandardCharsets.UTF_8);
        HttpResponsePacket answer = request.getResponse();
        answer.setStatus(fault.status());
        answer.setContentType("application/json");
        answer.setContentLength(body.length);
        answer.setHeader("Docker-Distribution-Api-Version", "registry/2.0");
        answer.setHeader("Connection", "close");
        request.getProcessingState().setError(true);
        byte[] sent = request.getMethod() == Method.HEAD ? new byte[0] : body;
        context.write(HttpContent.builder(answer)
                .content(Buffers.wrap(context.getMemoryManager(), sent))
                .last(true)
                .build());
        context.getConnection().closeSilently();
    }

    /** No fault's detail holds what JSON would have escaped. */
    private static String body(RegistryException fault) {
        ErrorCode code = fault.code();
        return """
                {"errors":[{"code":"%s","message":"%s","detail":"%s"}]}""".formatted(code.name(), code.message(), String.join("; ", fault.details()));
    }

    private static String text(DataChunk chunk) {
        return chunk.isNull() ? "" : chunk.toString(StandardCharsets.ISO_8859_1);
    }
}
