package com.laincloud.registry.config;

/**
 * Where a server listens.
 *
 * @param host a name or an address; empty for all addresses of the machine
 * @param port from 1 to 65535
 */
public record HostAndPort(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /** The address that a setting spells: {@code host:port}, {@code [::1]:port} or {@code :port}. */
    static HostAndPort of(Setting setting) {
        String text = setting.value();
        int colon = text.lastIndexOf(':');
        String digits = text.substring(colon + 1);
        if (colon < 0
                || digits.isEmpty()
                || digits.length() > 5
                || !digits.chars().allMatch(Character::isDigit)) {
            throw InvalidSettingException.of(setting, "host:port or :port");
        }
        int port = Integer.parseInt(digits);
        if (port == 0 || port > MAX_PORT) {
            throw InvalidSettingException.of(setting, "host:port or :port, with a port from 1 to " + MAX_PORT);
        }
        String host = text.substring(0, colon);
        return new HostAndPort(
                host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host, port);
    }
}
