package com.laincloud.registry.http;

import com.laincloud.registry.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;

/**
 * Where a request came from. Every proxy on the way appends to {@code X-Forwarded-For} whom it heard from; what it says is
 * believed as far back as the proxies are trusted, and no further, because before that anybody may have written anything.
 */
final class ClientAddress {

    private ClientAddress() {}

    /**
     * The address of the first untrusted station, seen from here.
     *
     * @param peer the address at the other end of the connection
     */
    static String of(String peer, Enumeration<String> forwardedFor, List<Network> trustedProxies) {
        List<String> stations = new ArrayList<>();
        for (String header : Collections.list(forwardedFor)) {
            for (String station : header.split(",", -1)) {
                stations.add(station.strip());
            }
        }
        String client = peer;
        for (String station : stations.reversed()) {
            if (!isTrusted(client, trustedProxies) || !isLiteral(station)) {
                break;
            }
            client = station;
        }
        return client;
    }

    private static boolean isTrusted(String address, List<Network> trustedProxies) {
        InetAddress parsed = parse(address);
        return trustedProxies.stream().anyMatch(network -> network.contains(parsed));
    }

    /** Only literal addresses: a name would be asked of the name service. */
    private static boolean isLiteral(String station) {
        return !station.isEmpty()
                && station.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')
                && (station.indexOf(':') >= 0
                        || station.chars().filter(c -> c == '.').count() == 3)
                && !station.chars().allMatch(c -> c == ':' || c == '.');
    }

    private static InetAddress parse(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(literal + " is a literal address", e);
        }
    }
}
