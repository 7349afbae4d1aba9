package com.laincloud.registry.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.config.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    private static String of(String peer, String... forwardedFor) {
        try {
            List<Network> trusted = List.of(
                    new Network(InetAddress.getByAddress(new byte[] {127, 0, 0, 0}), 8),
                    new Network(InetAddress.getByAddress(new byte[] {10, 0, 0, 0}), 8),
                    new Network(
                            InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}),
                            128));
            return ClientAddress.of(peer, Collections.enumeration(List.of(forwardedFor)), trusted);
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "198.51.100.7, 203.0.113.9, 198.51.100.7",
        "127.0.0.1, 203.0.113.9, 203.0.113.9",
        "127.0.0.1, '203.0.113.9, 198.51.100.7', 198.51.100.7",
        "127.0.0.1, '203.0.113.9, 10.1.2.3', 203.0.113.9",
        "::1, 2001:db8::7, 2001:db8:0:0:0:0:0:7",
    })
    void theClientIsTheFirstStationThatIsNotTrusted(String peer, String forwardedFor, String client) {
        assertThat(of(peer, forwardedFor)).isEqualTo(client);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "999.1.1.1",
                "256.0.0.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.4.",
                ".1.2.3.4",
                "a.b.c.d",
                "a::b::c",
                ":",
                ":::",
                ".::1",
                "1:2",
                "::1%eth0",
                "[::1]",
                "1.2.3.4:80",
                "localhost",
                "dead.beef.cafe.babe"
            })
    void whatIsNoAddressIsNotBelievedNorLookedUp(String station) {
        assertThat(of("127.0.0.1", "203.0.113.9, " + station)).isEqualTo("127.0.0.1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"fe80::1%eth0", "fe80::1%2"})
    void theScopeOfAPeerIsNoPartOfItsAddress(String peer) {
        assertThat(of(peer)).isEqualTo("fe80:0:0:0:0:0:0:1");
    }
}
