package com.laincloud.registry.etcd;

import jakarta.json.JsonArray;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonValue;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * The keys of etcd 2, over HTTP.
 *
 * @see <a href="https://etcd.io/docs/v2.3/api/">etcd 2.3, API</a>
 */
final class EtcdV2 implements EtcdClient {

    private static final int KEY_NOT_FOUND = 100;
    private static final int INDEX_CLEARED = 401;

    private final EtcdHttp http;

    EtcdV2(EtcdHttp http) {
        this.http = http;
    }

    /** One request a root; the index is that of the first, so that nothing that changes in between is missed. */
    @Override
    public EtcdKeys read(List<String> roots, Duration limit) {
        Map<String, String> values = new HashMap<>();
        long index = Long.MAX_VALUE;
        String cluster = "";
        for (String root : roots) {
            EtcdHttp.Answer answer = http.get(path(root) + "?recursive=true&quorum=true", limit);
            collect(answer, values);
            if (answer.index() == 0 || answer.cluster().isEmpty()) {
                throw new EtcdException(
                        answer.endpoint() + ": tells no X-Etcd-Index and X-Etcd-Cluster-Id, which something on the way"
                                + " may have removed: without them it is unknown what has changed");
            }
            if (!cluster.isEmpty() && !cluster.equals(answer.cluster())) {
                throw new EtcdException(answer.endpoint() + ": is of another cluster than the endpoint before it");
            }
            index = Math.min(index, answer.index());
            cluster = answer.cluster();
        }
        return new EtcdKeys(values, index, new EtcdStore(EtcdCluster.Api.V2, cluster));
    }

    private static void collect(EtcdHttp.Answer answer, Map<String, String> values) {
        if (answer.status() == 404 && !answer.body().startsWith("{")) {
            throw new EtcdException(answer.endpoint() + ": has no keys of v2 any more, and speaks v3 alone: if the"
                    + " settings are there now, set etcd.api to v3");
        }
        try {
            JsonObject json = answer.json();
            if (answer.status() == 200) {
                collect(json.getJsonObject("node"), values);
            } else if (json.getInt("errorCode", 0) != KEY_NOT_FOUND) {
                throw new EtcdException(answer.endpoint() + ": " + answer.fault());
            }
        } catch (JsonException | ClassCastException | NullPointerException e) {
            throw new EtcdException(answer.endpoint() + ": is no answer of etcd's: " + answer.fault(), e);
        }
    }

    private static void collect(JsonObject node, Map<String, String> values) {
        if (!node.getBoolean("dir", false)) {
            values.put(node.getString("key"), node.getString("value", ""));
            return;
        }
        JsonArray children = node.getJsonArray("nodes");
        if (children == null || children.isEmpty()) {
            values.put(node.getString("key") + "/", "");
            return;
        }
        for (JsonValue child : children) {
            collect(child.asJsonObject(), values);
        }
    }

    /**
     * Two polls a root, which etcd answers when something happens there; that it has forgotten the index is as good. Two,
     * because among changes that have happened already, a recursive one overlooks those of the root itself.
     */
    @Override
    public boolean awaitChange(List<String> roots, long index, Duration limit) {
        List<EtcdHttp.Exchange> polls = new ArrayList<>();
        for (String root : roots) {
            for (boolean isRecursive : new boolean[] {false, true}) {
                polls.add(http.ask(path(root) + "?wait=true&recursive=" + isRecursive + "&waitIndex=" + (index + 1)));
            }
        }
        try {
            CompletableFuture.anyOf(
                            polls.stream().map(EtcdHttp.Exchange::response).toArray(CompletableFuture[]::new))
                    .get(limit.toMillis(), TimeUnit.MILLISECONDS);
            for (EtcdHttp.Exchange poll : polls) {
                if (poll.response().isDone()) {
                    requireEvent(poll.await(limit));
                }
            }
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            throw new EtcdException(EtcdException.fault(e), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EtcdException("interrupted", e);
        } finally {
            polls.forEach(EtcdHttp.Exchange::cancel);
        }
    }

    private static void requireEvent(EtcdHttp.Answer answer) {
        if (answer.status() == 200) {
            return; // an empty one as well: etcd and what is in between end polls that take long
        }
        try {
            if (answer.json().getInt("errorCode", 0) == INDEX_CLEARED) {
                return;
            }
        } catch (JsonException | ClassCastException e) {
            // the same answer as for any other error
        }
        throw new EtcdException(answer.endpoint() + ": " + answer.fault());
    }

    private static String path(String key) {
        return "/v2/keys"
                + Arrays.stream(key.split("/", -1))
                        .map(segment -> URLEncoder.encode(segment, StandardCharsets.UTF_8)
                                .replace("+", "%20"))
                        .collect(Collectors.joining("/"));
    }

    @Override
    public void close() {
        http.close();
    }
}
