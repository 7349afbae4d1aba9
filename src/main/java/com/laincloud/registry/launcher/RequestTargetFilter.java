package com.laincloud.registry.launcher;

import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.util.DataChunk;

/** Hands the container targets that it can decode: see {@link RequestTarget}. */
final class RequestTargetFilter extends BaseFilter {

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (context.getMessage() instanceof HttpContent content
                && content.getHttpHeader() instanceof HttpRequestPacket request) {
            DataChunk target = request.getRequestURIRef().getOriginalRequestURIBC();
            if (target.indexOf('%', 0) >= 0 || target.indexOf('\\', 0) >= 0) {
                String sent = target.toString();
                String decodable = RequestTarget.decodable(sent);
                if (!decodable.equals(sent)) {
                    request.setRequestURI(decodable);
                }
            }
        }
        return context.getInvokeAction();
    }
}
