package com.laincloud.registry.http;

import com.laincloud.registry.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a request came from. Every proxy on the way appends to {@code X-Forwarded-For} the address that it heard from. The
 * addresses are believed as far back as the proxies are trusted, and no further: the client may have written those before.
 */
public final class ClientAddress {

    private static final Pattern DOTTED = Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

    private ClientAddress() {}

    /**
     * The address of the first untrusted station, seen from here, as the database can take it.
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
        String withoutScope = peer.split("%", 2)[0];
        Optional<InetAddress> client = literal(withoutScope);
        for (String station : stations.reversed()) {
            Optional<InetAddress> before = literal(station);
            if (before.isEmpty() || !isWithin(client, trustedProxies)) {
                break;
            }
            client = before;
        }
        return client.map(InetAddress::getHostAddress).orElse(withoutScope);
    }

    /** Whether an address is in one of the networks. What is no address is in none. */
    public static boolean isWithin(String address, List<Network> networks) {
        return isWithin(literal(address.split("%", 2)[0]), networks);
    }

    private static boolean isWithin(Optional<InetAddress> address, List<Network> networks) {
        return address.isPresent() && networks.stream().anyMatch(network -> network.contains(address.get()));
    }

    /** Only literal addresses: a name would be asked of the name service. */
    private static Optional<InetAddress> literal(String station) {
        boolean isSixth = station.indexOf(':') >= 0 && station.chars().allMatch(ClientAddress::isOfLiteral);
        if (station.startsWith(".") || (!isSixth && !DOTTED.matcher(station).matches())) {
            return Optional.empty();
        }
        try {
            return Optional.of(InetAddress.getByName(station));
        } catch (UnknownHostException e) {
            return Optional.empty();
        }
    }

    private static boolean isOfLiteral(int c) {
        return Character.digit(c, 16) >= 0 || c == '.' || c == ':';
    }
}
