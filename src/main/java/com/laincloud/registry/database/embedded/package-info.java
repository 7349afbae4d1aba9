/**
 * The registry's own PostgreSQL: real server binaries run as a child process, for operators who do not want to run a
 * database beside a registry.
 *
 * <p>{@link com.laincloud.registry.database.embedded.EmbeddedPostgres} is the way in; it tells the order of things. What it
 * keeps lies under one directory, which one registry at a time may use:
 *
 * <pre>
 * postgresql/
 *   lock                    held by the running registry, names its process
 *   binaries/VERSION/       the server's programs, unless a build has unpacked them already
 *   superuser.password      0600, for bootstrap only
 *   connection.properties   0600, how to connect: new at every start
 *   startup.log             what the server said until it was ready
 *   data/                   PostgreSQL's own
 * </pre>
 *
 * <p>Nothing here knows of the container, so that the command line uses it as well.
 */
@org.jspecify.annotations.NullMarked
package com.laincloud.registry.database.embedded;
