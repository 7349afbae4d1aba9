package com.laincloud.registry.database.embedded;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A program that was run to its end.
 *
 * @param status its exit status
 * @param output what it wrote, both streams
 */
record ProgramRun(int status, String output) {

    /** Runs {@code program} with a bare environment, so that no {@code PG…} or locale setting of the caller leaks in. */
    static ProgramRun run(List<String> program) {
        try {
            ProcessBuilder builder = new ProcessBuilder(program).redirectErrorStream(true);
            Map<String, String> environment = builder.environment();
            environment.keySet().removeIf(name -> !name.equals("PATH"));
            environment.put("LC_ALL", "C");
            environment.put("TZ", "UTC");
            Process process = builder.start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), UTF_8);
            return new ProgramRun(process.waitFor(), output);
        } catch (IOException e) {
            return new ProgramRun(
                    127, String.valueOf(e.getMessage())); // as a shell says of a program that is not there
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedDatabaseException("database: interrupted while running " + program.get(0), e);
        }
    }

    static ProgramRun run(List<String> prefix, Object... words) {
        return run(Stream.concat(prefix.stream(), Stream.of(words).map(Object::toString))
                .toList());
    }

    boolean succeeded() {
        return status == 0;
    }

    /** The line that tells the fault best: the last that says so, else the last there is. */
    static String fault(String output) {
        List<String> lines = output.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
        return lines.stream()
                .filter(line -> line.contains("FATAL:") || line.contains("error:"))
                .reduce((earlier, later) -> later)
                .orElse(lines.isEmpty() ? "no output" : lines.get(lines.size() - 1));
    }
}
