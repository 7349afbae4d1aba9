package com.laincloud.registry.admin;

import com.laincloud.registry.audit.Outbox;
import com.laincloud.registry.audit.Outbox.Entry;
import com.laincloud.registry.audit.Outbox.Position;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.http.LocalRequest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.RegistryException;
import com.laincloud.registry.request.Page;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v2/_registry/events?after=<position>&n=<number>}: what was done, in an order that never changes, for programs that
 * follow it. One that asks again with the {@code next} of the answer it has dealt with misses nothing and is told nothing twice;
 * one that is killed before it has noted it is told the same again. Without {@code after} the list begins with the first event,
 * with {@code after=end} behind the last. For callers that may see {@link ConfigurationResource}.
 *
 * <p>The body has {@code events}, {@code next}, and {@code waiting_since} where events are held back because a transaction is open
 * that is older. A page that may be followed by another has a {@code Link}.
 */
@Path("v2/_registry/events")
@Singleton
public class EventFeedResource {

    private static final int MAX_PAGE = 1000;
    private static final int PAGE = 100;
    private static final String END = "end";

    private final Outbox outbox;
    private final CurrentSettings settings;

    @Inject
    public EventFeedResource(Outbox outbox, CurrentSettings settings) {
        this.outbox = outbox;
        this.settings = settings;
    }

    @GET
    public Response list(
            @QueryParam("after") @Nullable String after,
            @QueryParam("n") @Nullable String n,
            @Context HttpServletRequest request) {
        LocalRequest.requireUnlessProven(settings.get().auth(), request);
        Page asked = Page.of(n, null);
        int limit = asked.isLimited() ? Math.min(asked.limit(), MAX_PAGE) : PAGE;
        Position position = position(after);
        List<Entry> entries = outbox.after(position, limit);
        Position next = entries.isEmpty() ? position : entries.getLast().position();
        boolean isFull = entries.size() == limit;
        String waiting = isFull ? null : outbox.waitingSince();
        String body = entries.stream().map(Entry::json).collect(Collectors.joining(",", "{\"events\":[", "]"))
                + ",\"next\":\"" + next + '"'
                + (waiting == null ? "" : ",\"waiting_since\":\"" + waiting + '"')
                + "}\n";
        Response.ResponseBuilder answer = Response.ok(body, MediaType.APPLICATION_JSON_TYPE);
        if (isFull && limit > 0) {
            answer.header("Link", "</v2/_registry/events?after=" + next + "&n=" + limit + ">; rel=\"next\"");
        }
        return answer.build();
    }

    private Position position(@Nullable String after) {
        if (after == null || after.isEmpty()) {
            return Position.FIRST;
        }
        if (after.equals(END)) {
            return outbox.end();
        }
        Position position = Position.parse(after)
                .orElseThrow(() -> new RegistryException(ErrorCode.PAGINATION_NUMBER_INVALID, "after=" + after));
        if (!outbox.isKnown(position)) {
            throw new RegistryException(
                    ErrorCode.PAGINATION_NUMBER_INVALID,
                    "after=" + after + " is ahead of the database, which was set back since: begin anew");
        }
        return position;
    }
}
