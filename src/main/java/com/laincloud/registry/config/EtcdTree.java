package com.laincloud.registry.config;

import com.laincloud.registry.etcd.EtcdKeys;
import jakarta.json.Json;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.JsonString;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What keys of etcd mean as settings. Every key beneath {@code registry/} is the setting of that path. LAIN's key {@code
 * auth/registry} names the token service, or that there is none: absent, malformed or incomplete, it turns authentication by
 * token off, whatever the configuration file says of it, as LAIN has always meant it.
 *
 * @param source the settings
 * @param remarks what the operator should look at, one line each
 */
record EtcdTree(SettingSource source, List<String> remarks) {

    private static final String NAME = "etcd";
    private static final String TOKEN = "auth.token";
    private static final List<String> FIELDS = List.of("realm", "issuer", "service");

    static EtcdTree of(EtcdKeys keys, Etcd etcd) {
        Map<String, String> texts = new LinkedHashMap<>();
        List<String> remarks = new ArrayList<>();
        auth(keys, etcd, texts, remarks);
        String root = etcd.treeKey() + "/";
        new TreeMap<>(keys.values()).forEach((key, value) -> {
            if (key.startsWith(root) && !key.endsWith("/")) {
                String name = key.substring(root.length()).replace('/', '.');
                if (name.equals("etcd") || name.startsWith("etcd.")) {
                    remarks.add(key + " in etcd has no effect: what finds etcd cannot come from it");
                } else {
                    texts.put(name, value);
                }
            }
        });
        return new EtcdTree(SettingSource.of(NAME, SettingSource.ETCD, texts), List.copyOf(remarks));
    }

    private static void auth(EtcdKeys keys, Etcd etcd, Map<String, String> texts, List<String> remarks) {
        String key = etcd.authKey();
        String value = keys.values().get(key);
        if (value == null) {
            texts.put(TOKEN, "");
            if (keys.values().keySet().stream().anyMatch(other -> other.startsWith(key + "/"))) {
                malformed(key, "it is a directory", etcd, texts, remarks);
            }
            return;
        }
        try (JsonReader reader = Json.createReader(new StringReader(value))) {
            JsonObject token = reader.readObject();
            Map<String, String> fields = new LinkedHashMap<>();
            for (String field : FIELDS) {
                if (token.get(field) instanceof JsonString text
                        && !text.getString().isBlank()) {
                    fields.put(TOKEN + "." + field, quoted(text.getString().strip()));
                } else {
                    malformed(key, "it has no " + field, etcd, texts, remarks);
                    return;
                }
            }
            texts.putAll(fields);
        } catch (JsonException e) {
            malformed(key, "it is no JSON object", etcd, texts, remarks);
        }
    }

    private static void malformed(
            String key, String fault, Etcd etcd, Map<String, String> texts, List<String> remarks) {
        if (etcd.refusesMalformedAuth()) {
            throw new InvalidSettingException(
                    key + " from etcd: " + fault + ": must be an object of realm, issuer and service");
        }
        texts.put(TOKEN, "");
        remarks.add("authentication by token is off, because of " + key + " in etcd: " + fault);
    }

    /** As YAML that is this text whatever is in it. */
    private static String quoted(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** These settings, but with the others where a change has to wait for the next start. */
    EtcdTree pinnedTo(EtcdTree atStart) {
        Map<String, String> values = new LinkedHashMap<>();
        List<String> replaced = new ArrayList<>();
        source.values().forEach((key, value) -> {
            if (KeyTable.HONOURED.isLive(key)) {
                values.put(key, value);
            }
        });
        source.replaced().stream().filter(KeyTable.HONOURED::isLive).forEach(replaced::add);
        atStart.source.values().forEach((key, value) -> {
            if (!KeyTable.HONOURED.isLive(key)) {
                values.put(key, value);
            }
        });
        atStart.source.replaced().stream()
                .filter(key -> !KeyTable.HONOURED.isLive(key))
                .forEach(replaced::add);
        return new EtcdTree(
                new SettingSource(NAME, SettingSource.ETCD, values, new LinkedHashSet<>(replaced)), remarks);
    }
}
