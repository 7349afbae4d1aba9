package com.laincloud.registry.launcher;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long the message is that a head begins, if the head leaves no doubt about it. A proxy in front of this server reads the
 * same bytes; where two readers may see different messages in them (RFC 9112 §11.2), the head is refused, also where the RFC
 * lets a server be generous.
 *
 * @param isChunked whether chunks follow
 * @param contentLength how many bytes follow otherwise
 */
record RequestHead(boolean isChunked, long contentLength) {

    /** Methods that ask for a tunnel, another protocol or an echo. */
    private static final Set<String> REFUSED_METHODS = Set.of("TRACE", "TRACK", "CONNECT", "PRI");

    private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");
    private static final Pattern TARGET = Pattern.compile("[\\x21-\\x7e\\x80-\\xff]+");
    private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
    private static final Pattern HOST =
            Pattern.compile("(?:[0-9A-Za-z._~-]*|\\[[0-9A-Fa-f:.]+(?:%25[0-9A-Za-z._~-]+)?])(?::([0-9]{0,5}))?");
    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");
    private static final int LAST_PORT = 65_535;

    /**
     * Reads a head.
     *
     * @param head up to the empty line, with it
     * @throws MalformedRequestException if it is none, or ambiguous
     */
    static RequestHead read(byte[] head) throws MalformedRequestException {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        // one empty line before a request is allowed (RFC 9112 §2.2)
        String[] lines = (text.startsWith("\r\n") ? text.substring(2) : text).split("\r\n", -1);
        boolean isHttp10 = isHttp10(lines[0]);
        String host = null;
        String length = null;
        String encoding = null;
        for (int i = 1; i < lines.length - 2; i++) { // behind the last line with something in it are two ends
            int colon = lines[i].indexOf(':');
            require(colon > 0, "a line of the head has no name");
            String name = lines[i].substring(0, colon);
            String value = lines[i].substring(colon + 1);
            require(TOKEN.matcher(name).matches(), "the name of a header is no token");
            require(VALUE.matcher(value).matches(), "the value of a header has control characters");
            switch (name.toLowerCase(Locale.ROOT)) {
                case "host" -> host = only(host, value, "Host");
                case "content-length" -> length = only(length, value, "Content-Length");
                case "transfer-encoding" -> encoding = only(encoding, value, "Transfer-Encoding");
                default -> {}
            }
        }
        requireHost(host, isHttp10);
        if (encoding != null) {
            require(encoding.equalsIgnoreCase("chunked"), "the Transfer-Encoding is not chunked");
            require(!isHttp10, "HTTP/1.0 has no Transfer-Encoding");
            require(length == null, "Content-Length and Transfer-Encoding contradict each other");
            return new RequestHead(true, 0);
        }
        require(length == null || LENGTH.matcher(length).matches(), "the Content-Length is no number");
        return new RequestHead(false, length == null ? 0 : Long.parseLong(length));
    }

    private static boolean isHttp10(String line) throws MalformedRequestException {
        String[] parts = line.split(" ", -1);
        require(parts.length == 3, "the first line is not a method, a target and a version");
        require(TOKEN.matcher(parts[0]).matches(), "the method is no token");
        require(!REFUSED_METHODS.contains(parts[0]), "the method " + parts[0] + " is not known");
        require(TARGET.matcher(parts[1]).matches(), "the target is none");
        require(parts[2].equals("HTTP/1.1") || parts[2].equals("HTTP/1.0"), "the version is not HTTP/1.1");
        return parts[2].equals("HTTP/1.0");
    }

    private static void requireHost(@Nullable String host, boolean isHttp10) throws MalformedRequestException {
        require(host != null || isHttp10, "there is no Host");
        if (host != null) {
            var matcher = HOST.matcher(host);
            require(matcher.matches(), "the Host is no name and port");
            String port = matcher.group(1);
            require(
                    port == null || port.isEmpty() || Integer.parseInt(port) <= LAST_PORT,
                    "the Host is no name and port");
        }
    }

    private static String only(@Nullable String before, String value, String name) throws MalformedRequestException {
        require(before == null, "there are two " + name);
        return value.strip();
    }

    private static void require(boolean holds, String otherwise) throws MalformedRequestException {
        if (!holds) {
            throw new MalformedRequestException(otherwise);
        }
    }
}
