package com.laincloud.registry.http;

import com.laincloud.registry.connector.UnreadException;
import com.laincloud.registry.request.Page;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * A sorted list of names as JSON, page by page or whole. A page ends with a {@code Link} to the next one if there is one;
 * the whole list is read and sent in batches, so that it needs the same memory however long it is.
 *
 * @param path of the list itself, for the link, which is relative as clients of the catalog expect it
 * @param opening the JSON up to the bracket that opens the list of names
 * @param maxPage the most a page may hold; a client that asks for more gets this many, and the link
 * @param names the names of a page
 * @see <a href="https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-tags">distribution-spec,
 *     listing tags</a>
 */
public record Listing(String path, String opening, int maxPage, Function<Page, List<String>> names) {

    private static final int BATCH = 1_000;
    private static final String CLOSING = "]}\n";

    /** The answer to a request for a page. */
    public Response answer(Page page) {
        return page.isLimited() ? onePage(new Page(page.last(), Math.min(page.limit(), maxPage))) : everything(page);
    }

    private Response onePage(Page page) {
        List<String> found = names.apply(page.limit() == 0 ? page : page.andOneMore());
        boolean isMore = found.size() > page.limit();
        List<String> shown = isMore ? found.subList(0, page.limit()) : found;
        Response.ResponseBuilder answer =
                Response.ok(opening + json(shown, "") + CLOSING, MediaType.APPLICATION_JSON_TYPE);
        if (isMore) {
            answer.header("Link", link(shown.getLast(), page.limit()));
        }
        return answer.build();
    }

    /** The first batch is read before the answer begins, so that what is wrong can still be said. */
    private Response everything(Page page) {
        List<String> first = names.apply(new Page(page.last(), BATCH));
        if (first.size() < BATCH) {
            return Response.ok(opening + json(first, "") + CLOSING, MediaType.APPLICATION_JSON_TYPE)
                    .build();
        }
        StreamingOutput stream = out -> stream(first, out);
        return Response.ok(stream, MediaType.APPLICATION_JSON_TYPE).build();
    }

    private void stream(List<String> first, OutputStream out) throws IOException {
        try {
            writeAll(first, out);
        } catch (UnreadException e) {
            // the rest is for a client that does not read it
        }
    }

    private void writeAll(List<String> first, OutputStream out) throws IOException {
        write(out, opening + json(first, ""));
        List<String> batch = first;
        while (batch.size() == BATCH) {
            batch = names.apply(new Page(batch.getLast(), BATCH));
            if (!batch.isEmpty()) {
                write(out, json(batch, ","));
            }
        }
        write(out, CLOSING);
    }

    private String link(String last, int limit) {
        return "<" + path + "?last=" + URLEncoder.encode(last, StandardCharsets.UTF_8) + "&n=" + limit
                + ">; rel=\"next\"";
    }

    /** Names of repositories and tags hold nothing that JSON would have escaped. */
    private static String json(List<String> names, String before) {
        List<String> quoted = new ArrayList<>(names.size());
        names.forEach(name -> quoted.add('"' + name + '"'));
        return before + String.join(",", quoted);
    }

    private static void write(OutputStream out, String json) throws IOException {
        out.write(json.getBytes(StandardCharsets.US_ASCII));
    }
}
