package com.laincloud.registry.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;

/**
 * A range of IP addresses.
 *
 * @param address any address of the range
 * @param prefix how many leading bits all its addresses share
 */
public record Network(InetAddress address, int prefix) {

    /** The range that a text spells, {@code 10.0.0.0/8} or a single address; empty if it spells none. */
    static Optional<Network> of(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        if (address.isEmpty() || !address.chars().allMatch(c -> Character.digit(c, 16) >= 0 || c == '.' || c == ':')) {
            return Optional.empty(); // a name would be asked of the name service
        }
        try {
            InetAddress parsed = InetAddress.getByName(address);
            int bits = parsed.getAddress().length * Byte.SIZE;
            int prefix = slash < 0 ? bits : Integer.parseInt(text.substring(slash + 1));
            return prefix >= 0 && prefix <= bits ? Optional.of(new Network(parsed, prefix)) : Optional.empty();
        } catch (UnknownHostException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether an address is within the range. */
    public boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefix; bit++) {
            int mask = 0x80 >> (bit % Byte.SIZE);
            if (((ours[bit / Byte.SIZE] ^ theirs[bit / Byte.SIZE]) & mask) != 0) {
                return false;
            }
        }
        return true;
    }
}
