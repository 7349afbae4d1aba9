package com.laincloud.registry.launcher;

import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.glassfish.grizzly.http.HttpContent;
import org.glassfish.grizzly.http.HttpRequestPacket;
import org.glassfish.grizzly.http.util.DataChunk;
import org.glassfish.grizzly.http.util.Header;

/**
 * Hands the container the heads of requests so that it can take them. Where it cannot, it answers 200 with no content
 * before the application hears of the request; so it does for targets that cannot be decoded ({@link RequestTarget}) and
 * for a host without a name, which stands for whatever this server is called.
 */
final class RequestHeadFilter extends BaseFilter {

    @Override
    public NextAction handleRead(FilterChainContext context) {
        if (context.getMessage() instanceof HttpContent content
                && content.getHttpHeader() instanceof HttpRequestPacket request) {
            nameHost(request);
            makeDecodable(request);
        }
        return context.getInvokeAction();
    }

    private static void nameHost(HttpRequestPacket request) {
        DataChunk host = request.getHeaders().getValue(Header.Host);
        if (host != null && host.toString().isBlank()) {
            request.serverName().setString("localhost");
        }
    }

    private static void makeDecodable(HttpRequestPacket request) {
        DataChunk target = request.getRequestURIRef().getOriginalRequestURIBC();
        if (target.indexOf('%', 0) >= 0
                || target.indexOf('\\', 0) >= 0
                || target.indexOf('.', 0) >= 0) { // a text is not found behind a part of it: "/." in "//."
            String sent = target.toString();
            String decodable = RequestTarget.decodable(sent);
            if (!decodable.equals(sent)) {
                request.setRequestURI(decodable);
            }
        }
    }
}
