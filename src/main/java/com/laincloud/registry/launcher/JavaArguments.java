package com.laincloud.registry.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a JVM that runs the server is started with. The launcher's jar comes last on the class path, and is not on that of
 * the run that trains the cache: the cache is good for any class path that begins with its own, so that it outlives changes
 * of the launcher.
 *
 * @param runtime where the {@link PayaraRuntime} is
 * @param common options of the server and of the run that trains the cache
 * @param classPath Payara's jars and the WAR's libraries
 * @param launcher the launcher's jar
 */
record JavaArguments(Path runtime, List<String> common, List<Path> classPath, Path launcher) {

    /** Options that do not depend on where the runtime is: the cache is good for these alone. */
    static final List<String> OPTIONS = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions", // those that only newer JDKs know
            "-XX:+UseCompactObjectHeaders",
            "--add-opens=java.base/java.security=ALL-UNNAMED", // the state of hashes
            "--add-opens=java.base/sun.security.provider=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dcom.laincloud.zero-copy=true",
            "-Djava.net.preferIPv4Stack=false");

    static JavaArguments of(Path runtime) throws IOException {
        List<String> environment = Files.readAllLines(runtime.resolve(".env"));
        List<String> common =
                new ArrayList<>(List.of(value(environment, "MICRO_OPENS").split(" ", -1)));
        common.addAll(OPTIONS);
        common.add("-Dregistry.database.binaries=" + runtime.resolve("postgresql"));
        List<Path> classPath = new ArrayList<>();
        for (String jar : value(environment, "MICRO_CLASSPATH").split(":", -1)) {
            classPath.add(runtime.resolve(jar));
        }
        try (Stream<Path> libraries = Files.list(runtime.resolve("libraries"))) {
            libraries.sorted().forEach(classPath::add);
        }
        return new JavaArguments(runtime, List.copyOf(common), List.copyOf(classPath), runtime.resolve("launcher.jar"));
    }

    /** Writes {@code java.arguments}, to be given to {@code java} with an {@code @}. */
    void write() throws IOException {
        List<String> arguments = new ArrayList<>(common);
        arguments.add("-XX:AOTCache=" + cache());
        arguments.add("-XX:+UnlockDiagnosticVMOptions");
        arguments.add("-XX:ArchiveRelocationMode=0"); // moved in memory, all 160 MiB of the cache are the process's own
        arguments.add("-XX:TrimNativeHeapInterval=60000"); // what starting took, the C library keeps otherwise
        arguments.add("-XX:+ExitOnOutOfMemoryError"); // a server that lost a thread to it lives on without answering
        arguments.add("-Xlog:disable"); // an unusable cache costs time, not a message
        arguments.add("-Xlog:all=error:stderr");
        arguments.add("-D" + PayaraRuntime.PROPERTY + "=" + runtime);
        arguments.add("-cp");
        arguments.add(classPathWith(List.of(launcher)));
        Files.write(
                runtime.resolve("java.arguments"),
                arguments.stream().map(JavaArguments::quoted).toList());
    }

    /** The words between {@code java} and the main class of the run that trains the cache. */
    List<String> training() {
        List<String> arguments = new ArrayList<>(common);
        arguments.add("-XX:AOTCacheOutput=" + cache());
        arguments.add("-cp");
        arguments.add(classPathWith(List.of()));
        return arguments;
    }

    private Path cache() {
        return runtime.resolve("registry.aot");
    }

    private String classPathWith(List<Path> more) {
        return Stream.concat(classPath.stream(), more.stream())
                .map(Path::toString)
                .collect(Collectors.joining(":"));
    }

    private static String value(List<String> environment, String name) throws IOException {
        return environment.stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1).replace("\"", ""))
                .findFirst()
                .orElseThrow(() -> new IOException("Payara Micro's .env has no " + name));
    }

    private static String quoted(String argument) {
        return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
