package com.laincloud.registry.launcher;

import com.laincloud.registry.config.Settings;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A command whose work is done by a class of the application, outside of the server. */
final class ApplicationCommand {

    private final String verb;
    private final String type;
    private final Consumer<String> report;

    /** @param type the class, made from the settings and what takes lines for people; its {@code run} takes flags and lists */
    ApplicationCommand(String verb, String type, PrintStream output) {
        this(verb, type, line -> output.println(verb + ": " + line.replaceAll("\\p{Cntrl}", "?")));
    }

    /** One that tells what is not for people alone. */
    ApplicationCommand(String verb, String type, Consumer<String> report) {
        this.verb = verb;
        this.type = type;
        this.report = report;
    }

    /** Tells people something. */
    void tell(String line) {
        report.accept(line);
    }

    /**
     * Does it.
     *
     * @return whether all was as it should be
     * @throws LaunchException if it could not be done
     */
    boolean run(Settings settings, Object... arguments) {
        Logger.getLogger("").setLevel(Level.WARNING);
        Class<?>[] types = Arrays.stream(arguments)
                .map(argument -> argument instanceof Boolean ? boolean.class : List.class)
                .toArray(Class<?>[]::new);
        try (URLClassLoader application = applicationClasses()) {
            Class<?> command = Class.forName(type, true, application);
            Object instance =
                    command.getConstructor(Settings.class, Consumer.class).newInstance(settings, report);
            return (boolean) command.getMethod("run", types).invoke(instance, arguments);
        } catch (InvocationTargetException e) {
            throw failed(e.getCause() == null ? e : e.getCause());
        } catch (ReflectiveOperationException | IOException e) {
            throw failed(e);
        }
    }

    /** The WAR's classes: its libraries, and what it shares with the launcher, are on the class path already. */
    private static URLClassLoader applicationClasses() throws IOException {
        URI war = PayaraRuntime.ofThisProcess().war().toUri();
        URL classes = URI.create("jar:" + war + "!/WEB-INF/classes/").toURL();
        return new URLClassLoader(new URL[] {classes}, ApplicationCommand.class.getClassLoader());
    }

    private LaunchException failed(Throwable failure) {
        String message = failure.getMessage() == null ? failure.toString() : failure.getMessage();
        return new LaunchException(verb + ": " + message.replaceAll("\\s*\n\\s*", " "), failure);
    }
}
