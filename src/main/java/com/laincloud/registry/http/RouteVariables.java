package com.laincloud.registry.http;

import java.util.List;
import java.util.Map;

/** What the path of a request names, under the names that docker/distribution has for it; whether it exists or not. */
final class RouteVariables {

    /** Parts of paths that stand behind a repository's name, and what stands behind them; the longest first. */
    private static final List<Map.Entry<String, String>> ROUTES = List.of(
            Map.entry("/blobs/uploads/", "uuid"),
            Map.entry("/blobs/", "digest"),
            Map.entry("/manifests/", "reference"),
            Map.entry("/referrers/", "digest"),
            Map.entry("/_oci/tags/history", ""),
            Map.entry("/tags/list", ""));

    private static final String ROOT = "/v2/";

    private RouteVariables() {}

    /** The variables of a path: {@code name}, and at most one of {@code reference}, {@code digest} and {@code uuid}. */
    static Map<String, String> of(String path) {
        for (Map.Entry<String, String> route : ROUTES) {
            int at = path.lastIndexOf(route.getKey());
            if (at > ROOT.length() && path.startsWith(ROOT)) {
                String name = path.substring(ROOT.length(), at);
                String value = path.substring(at + route.getKey().length());
                return value.isEmpty() ? Map.of("name", name) : Map.of("name", name, route.getValue(), value);
            }
        }
        return Map.of();
    }
}
