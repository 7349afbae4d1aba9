package com.laincloud.registry.etcd;

import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which etcd it is, as {@code GET /version} tells. */
record EtcdVersion(int major) {

    private static final Pattern VERSION = Pattern.compile("(\\d{1,4})\\..*");

    static EtcdVersion of(EtcdHttp http, Duration limit) {
        EtcdHttp.Answer answer = http.get("/version", limit);
        try {
            JsonObject version = answer.json();
            Matcher matcher = VERSION.matcher(version.getString("etcdserver", ""));
            if (answer.status() == 200 && matcher.matches()) {
                return new EtcdVersion(Integer.parseInt(matcher.group(1)));
            }
        } catch (JsonException | ClassCastException e) {
            // the same answer as for a version that cannot be understood
        }
        throw new EtcdException(answer.endpoint() + "/version: is no etcd's");
    }
}
