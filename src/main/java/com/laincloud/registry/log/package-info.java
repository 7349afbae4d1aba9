/**
 * How an event becomes a line on standard output: {@code java.util.logging} handlers and formatters that the launcher puts
 * in place of the server's. Fields travel with an event as a {@link java.util.Map} among its parameters:
 *
 * <pre>
 * logger.log(Level.INFO, "response completed {0}", Map.of("http.response.status", 200, "http.response.written", 1024));
 * </pre>
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.log;
