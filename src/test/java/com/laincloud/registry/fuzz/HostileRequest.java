package com.laincloud.registry.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;

/**
 * A random HTTP/1.1 request on a connection of its own: a route of the API, or nearly one. Its parts exist, could exist, or
 * are such as no client sends by mistake.
 *
 * @param method its first word
 * @param text all of it, a character a byte
 */
public record HostileRequest(String method, String text) {

    private static final List<String> METHODS = List.of(
            "GET", "GET", "GET", "GET", "HEAD", "PUT", "PUT", "PUT", "POST", "POST", "PATCH", "DELETE", "OPTIONS",
            "BREW", "get");

    private static final List<String> ROUTES = List.of(
            "/v2/",
            "/v2/_catalog",
            "/v2/{name}/tags/list",
            "/v2/{name}/manifests/{reference}",
            "/v2/{name}/manifests/{reference}",
            "/v2/{name}/blobs/{digest}",
            "/v2/{name}/blobs/uploads/",
            "/v2/{name}/blobs/uploads/{upload}",
            "/v2/{name}/referrers/{digest}",
            "/{name}/{reference}");

    private static final List<String> PARAMETERS =
            List.of("n", "last", "mount", "from", "digest", "_state", "artifactType", "tag", "digest-algorithm", "ns");

    private static final List<String> HEADERS = List.of(
            "Range",
            "Content-Range",
            "If-Match",
            "If-None-Match",
            "Content-Type",
            "Accept",
            "Accept-Encoding",
            "Authorization",
            "Cookie",
            "Forwarded",
            "Origin",
            "User-Agent",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Request-Id");

    private static final List<String> VALUES = List.of(
            "0",
            "1",
            "-1",
            "10000",
            "99999999999999999999",
            "bytes=0-0",
            "bytes=-1",
            "0-9",
            "*",
            "\"*\"",
            "application/vnd.oci.image.manifest.v1+json",
            "application/vnd.oci.image.index.v1+json; charset=utf-8",
            "application/json",
            "text/html",
            "sha512",
            "sha256",
            "fuzz/one",
            "latest",
            "");

    /** A request about the repository and things that {@code known} names. */
    public static HostileRequest next(Known known, Random random) {
        String method = oneOf(METHODS, random);
        StringBuilder head = new StringBuilder(method)
                .append(' ')
                .append(target(known, random))
                .append(" HTTP/1.1\r\nHost: registry.lain.local\r\nConnection: close\r\n");
        for (int i = random.nextInt(4); i > 0; i--) {
            head.append(oneOf(HEADERS, random))
                    .append(": ")
                    .append(inHeader(value(known, random)))
                    .append("\r\n");
        }
        String body = body(known, random);
        if (random.nextInt(8) == 0) {
            head.append("Transfer-Encoding: chunked\r\n");
            body = body.isEmpty() ? "0\r\n\r\n" : Integer.toHexString(body.length()) + "\r\n" + body + "\r\n0\r\n\r\n";
        } else if (!body.isEmpty() || random.nextBoolean()) {
            head.append("Content-Length: ").append(body.length()).append("\r\n");
        }
        return new HostileRequest(method, head + "\r\n" + body);
    }

    /**
     * What there is.
     *
     * @param name of a repository
     * @param tag in it
     * @param digest of a manifest or blob in it
     * @param upload that has begun in it
     * @param manifest that could be put into it
     */
    public record Known(String name, String tag, String digest, String upload, String manifest) {}

    private static String target(Known known, Random random) {
        String path = oneOf(ROUTES, random)
                .replace("{name}", part(known.name(), "fuzz/" + random.nextInt(3), random))
                .replace("{reference}", part(known.tag(), random.nextBoolean() ? known.digest() : "new", random))
                .replace("{digest}", part(known.digest(), "sha256:" + "0".repeat(64), random))
                .replace("{upload}", part(known.upload(), "00000000-0000-0000-0000-000000000000", random));
        StringBuilder target = new StringBuilder(path);
        char before = '?';
        for (int i = random.nextInt(4); i > 0; i--) {
            target.append(before)
                    .append(oneOf(PARAMETERS, random))
                    .append('=')
                    .append(escaped(value(known, random), random));
            before = '&';
        }
        return target.toString();
    }

    private static String part(String existing, String possible, Random random) {
        return switch (random.nextInt(6)) {
            case 0, 1, 2 -> existing;
            case 3 -> possible;
            default -> escaped(HostileText.next(random), random);
        };
    }

    private static String value(Known known, Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> HostileText.next(random);
            case 1 -> known.digest();
            case 2 -> known.tag();
            default -> oneOf(VALUES, random);
        };
    }

    /** Escaped as it should be, half of it, or with an escape that is none; spaces and line ends always, or it would be another request. */
    private static String escaped(String text, Random random) {
        int habit = random.nextInt(8);
        StringBuilder escaped = new StringBuilder();
        for (byte b : text.getBytes(UTF_8)) {
            int value = b & 0xff;
            boolean isPlain = Character.isLetterOrDigit(value) && value < 128;
            if (isPlain || (value > ' ' && value < 127 && habit >= 4)) {
                escaped.append((char) value);
            } else {
                escaped.append(habit == 0 && random.nextInt(8) == 0 ? "%zz" : String.format("%%%02X", value));
            }
        }
        return escaped.toString();
    }

    private static String inHeader(String text) {
        return new String(text.getBytes(UTF_8), ISO_8859_1)
                .replace('\n', ' ')
                .replace('\r', ' ')
                .replace('\0', ' ');
    }

    private static String body(Known known, Random random) {
        return switch (random.nextInt(8)) {
            case 0, 1 -> known.manifest();
            case 2, 3 -> new String(MutatedText.of(known.manifest().getBytes(ISO_8859_1), random), ISO_8859_1);
            case 4 -> "{\"schemaVersion\":2,\"x\":" + "[".repeat(random.nextInt(1, 20_000));
            case 5 -> {
                byte[] noise = new byte[random.nextInt(3000)];
                random.nextBytes(noise);
                yield new String(noise, ISO_8859_1);
            }
            default -> "";
        };
    }

    private static String oneOf(List<String> choices, Random random) {
        return choices.get(random.nextInt(choices.size()));
    }
}
