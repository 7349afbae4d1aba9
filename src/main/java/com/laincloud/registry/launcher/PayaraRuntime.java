package com.laincloud.registry.launcher;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Payara Micro unpacked, with the registry's libraries beside it, as {@link Assembly} leaves it. Never written to while
 * serving:
 *
 * <pre>
 * runtime/
 *   java.arguments      what to start a JVM with
 *   registry.aot        classes already loaded and linked, for a JDK that can use them
 *   registry.war        the WAR without its libraries
 *   launcher.jar        the launcher, which starts the server
 *   libraries/          its libraries, on the server's class path
 *   postgresql/         the embedded database's programs
 *   launch-micro.jar, runtime/, lib/, config/   Payara Micro's own
 * </pre>
 */
record PayaraRuntime(Path directory) {

    /** The system property that says where it is. */
    static final String PROPERTY = "registry.runtime";

    /**
     * Requests that are worked on at once. At most half of them wait for a body ({@code WaitingBodies}), the database lets in
     * fewer, and downloads of files hold none: more threads would only wait in another queue.
     */
    private static final int HTTP_THREADS = 128;

    static PayaraRuntime ofThisProcess() {
        PayaraRuntime runtime = new PayaraRuntime(Path.of(System.getProperty(PROPERTY, "")));
        if (!Files.isRegularFile(runtime.war())) {
            throw new LaunchException(
                    "the server's runtime is missing in " + runtime.directory + ": build it with mvn package");
        }
        return runtime;
    }

    Path war() {
        return directory.resolve("registry.war");
    }

    /** The system properties by which Payara Micro finds itself. */
    Map<String, String> properties() {
        return Map.of(
                "fish.payara.micro.BootJar",
                        directory.resolve("launch-micro.jar").toUri().toString(),
                "fish.payara.micro.UnpackDir", directory.toString());
    }

    /** What Payara Micro is started with. */
    List<String> arguments(Instance instance, int port) {
        return List.of(
                "--rootdir",
                instance.directory().toString(),
                "--port",
                Integer.toString(port),
                "--deploy",
                war().toString(),
                "--contextroot",
                "/",
                "--nohazelcast",
                "--disablephonehome",
                "--maxhttpthreads",
                Integer.toString(HTTP_THREADS),
                "--logproperties",
                instance.logging().toString(),
                "--prebootcommandfile",
                instance.commands().toString());
    }
}
