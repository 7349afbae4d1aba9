package com.laincloud.registry.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the command line asks for. */
sealed interface Command {

    /** Run the server with the settings of a configuration file, or without one. */
    record Serve(Optional<Path> configuration) implements Command {}

    /** Put one query, or what standard input says, to the audit schema. */
    record Sql(Optional<String> query) implements Command {}

    /** Print every setting as it would be in force, from a configuration file or without one. */
    record Config(Optional<Path> configuration) implements Command {}

    /** Say which version this is. */
    record Version() implements Command {}

    /** Say how to use it. */
    record Help() implements Command {}

    String USAGE = """
            usage: registry serve [config.yml]   run the registry
                   registry sql [QUERY]          query the audit schema; without QUERY, statements are read from standard input
                   registry config [config.yml]  print each setting, its value and where it is from
                   registry version              print the version
                   registry --help               print this
            """;

    /**
     * The command that the words make.
     *
     * @throws LaunchException if they make none
     */
    static Command parse(List<String> words) {
        String verb = words.isEmpty() ? "" : words.get(0);
        Optional<String> operand = words.stream().skip(1).findFirst();
        if (words.size() > 2) {
            throw new LaunchException(verb + ": too many words; try registry --help");
        }
        return switch (verb) {
            case "serve" -> new Serve(operand.map(Path::of));
            case "sql" -> new Sql(operand);
            case "config" -> new Config(operand.map(Path::of));
            case "version", "--version" -> new Version();
            case "help", "--help", "-h" -> new Help();
            case "" -> throw new LaunchException("a command is missing; try registry --help");
            default -> throw new LaunchException(verb + ": no such command; try registry --help");
        };
    }
}
