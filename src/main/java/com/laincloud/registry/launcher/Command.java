package com.laincloud.registry.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the command line asks for. */
sealed interface Command {

    /** Run the server with the settings of a configuration file, or without one. */
    record Serve(Optional<Path> configuration) implements Command {}

    /** Index the tree of a docker/distribution, in a directory or in the storage root. */
    record Import(Optional<Path> directory, boolean verifies) implements Command {}

    /** Remove what nothing refers to, or list it. */
    record Collect(boolean isDryRun, boolean deletesUntagged, boolean isAtOnce) implements Command {}

    /** Find out whether the record was changed; {@code heads} are hashes that were kept elsewhere. */
    record CheckRecord(List<String> heads) implements Command {}

    /** Find out whether index and storage agree, and mend what can be. */
    record CheckIntegrity(boolean repairs, boolean isAtOnce, boolean claims) implements Command {}

    /** Put back what was deleted: a repository, a tag or a manifest, and behind it a moment, if one is given. */
    record Restore(List<String> words) implements Command {}

    /** Give a repository, or all below a path, another name; pulls by the old one are served for so many seconds. */
    record Rename(String previous, String next, long alias) implements Command {}

    /** Make tags name what a file says, or standard input. */
    record Release(String file) implements Command {}

    /** Delete all that a repository holds. */
    record Delete(String repository) implements Command {}

    /** Delete tags by the rules, or explain what the rules say. */
    record Retention(List<String> words) implements Command {}

    /** Copy all blobs to the storage of another configuration file, or have them lie there from now on. */
    record Migrate(List<String> words) implements Command {}

    /** Put one query, or what standard input says, to the audit schema. */
    record Sql(Optional<String> query) implements Command {}

    /** Print every setting as it would be in force, from a configuration file or without one. */
    record Config(Optional<Path> configuration) implements Command {}

    /** Say which version this is. */
    record Version() implements Command {}

    /** Say how to use it. */
    record Help() implements Command {}

    Set<String> OF_INTEGRITY = Set.of("--repair", "--now", "--claim");

    String USAGE = """
            usage: registry serve [config.yml]   run the registry
                   registry import [DIR] [--verify]
                                                 index the tree of a docker/distribution below DIR, which is the storage
                                                 root; with --verify, read and hash every byte of it. Ends with status 2
                                                 if something in it is broken
                   registry garbage-collect [--dry-run] [--delete-untagged] [--now]
                                                 remove what nothing refers to, also while the registry runs; with
                                                 --dry-run, list it; with --delete-untagged, manifests without a tag as
                                                 well; with --now, also what came or lost its last reference just now.
                                                 Ends with status 2 if something could not be deleted
                   registry retention run
                                                 delete the tags that the rules of the configuration ask for
                   registry retention explain [REPOSITORY[:TAG]]
                                                 say of tags whether they would go, and why; nothing is deleted
                   registry restore REPOSITORY[:TAG|@DIGEST] [--at MOMENT]
                                                 put back what was deleted or collected: all of a repository that can be,
                                                 a tag, or a manifest; with --at, make tags name what they named then. All
                                                 of it comes back, or nothing: then the status is 2
                   registry rename OLD NEW [--alias DAYS]
                                                 give a repository another name, or, as OLD/** and NEW/**, all below a path;
                                                 pulls by the old name are served for 30 days, or as many as --alias says,
                                                 and pushes to it are refused for as long
                   registry release FILE
                                                 make tags name other manifests, all or none of them: a line of FILE, which
                                                 may be - for standard input, is REPOSITORY TAG DIGEST [EXPECTED]. Prints the
                                                 release that takes it back
                   registry delete REPOSITORY
                                                 delete all tags and manifests of a repository
                   registry check [--repair [--now]|--claim]
                                                 compare the index with the storage: blobs whose bytes are lost, bytes that
                                                 no row knows, things that collection would have missed; with --repair, have
                                                 the next collection delete bytes that no row knows and that a check found a
                                                 week before, with --now, all of them; with --claim, say that the storage
                                                 belongs to this database, which a new disk does not. Ends with status 2 if
                                                 something is wrong
                   registry check --audit [--head HASH]...
                                                 compute the hashes of the audit record again; with --head, also find out
                                                 whether it still goes on from a hash that the log told earlier. Ends with
                                                 status 2 if something was changed
                   registry migrate --to FILE [--anew] [--finish]
                                                 copy all blobs to the storage that the configuration FILE describes, also
                                                 while the registry runs; with --finish, when it is stopped, copy the rest
                                                 and take that storage; with --anew, give up a move to another one. Ends
                                                 with status 2 if the bytes of a blob are lost
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
        List<String> rest = words.stream().skip(1).toList();
        return switch (verb) {
            case "serve" -> new Serve(atMostOne(verb, rest).map(Path::of));
            case "import" -> parseImport(rest);
            case "garbage-collect" -> parseCollect(rest);
            case "retention" -> parseRetention(rest);
            case "restore" -> parseRestore(rest);
            case "rename" -> parseRename(rest);
            case "release" -> new Release(one(verb, "FILE", rest));
            case "delete" -> new Delete(one(verb, "REPOSITORY", rest));
            case "check" -> parseCheck(rest);
            case "migrate" -> new Migrate(rest);
            case "sql" -> new Sql(atMostOne(verb, rest));
            case "config" -> new Config(atMostOne(verb, rest).map(Path::of));
            case "version", "--version" -> {
                atMostOne(verb, rest);
                yield new Version();
            }
            case "help", "--help", "-h" -> {
                atMostOne(verb, rest);
                yield new Help();
            }
            case "" -> throw new LaunchException("a command is missing; try registry --help");
            default -> throw new LaunchException(verb + ": no such command; try registry --help");
        };
    }

    private static Optional<String> atMostOne(String verb, List<String> words) {
        if (words.size() > 1) {
            throw new LaunchException(verb + ": too many words; try registry --help");
        }
        return words.stream().findFirst();
    }

    private static String one(String verb, String what, List<String> words) {
        if (words.size() != 1 || (words.get(0).startsWith("-") && words.get(0).length() > 1)) {
            throw new LaunchException(verb + ": takes " + what + "; try registry --help");
        }
        return words.get(0);
    }

    private static Command parseCollect(List<String> words) {
        requireKnown("garbage-collect", words, Set.of("--dry-run", "--delete-untagged", "--now"));
        return new Collect(words.contains("--dry-run"), words.contains("--delete-untagged"), words.contains("--now"));
    }

    private static Command parseRetention(List<String> words) {
        boolean isKnown = words.equals(List.of("run"))
                || (!words.isEmpty() && words.size() <= 2 && words.get(0).equals("explain"));
        if (!isKnown) {
            throw new LaunchException("retention: takes run, or explain [REPOSITORY[:TAG]]; try registry --help");
        }
        return new Retention(words);
    }

    private static Command parseRestore(List<String> words) {
        boolean isAt = words.size() == 3 && words.get(1).equals("--at");
        if (!(words.size() == 1 || isAt) || words.get(0).startsWith("-")) {
            throw new LaunchException("restore: takes REPOSITORY[:TAG|@DIGEST] [--at MOMENT]; try registry --help");
        }
        return new Restore(isAt ? List.of(words.get(0), words.get(2)) : words);
    }

    private static Command parseRename(List<String> words) {
        boolean hasAlias = words.size() == 4 && words.get(2).equals("--alias");
        if (!(words.size() == 2 || hasAlias) || words.get(0).startsWith("-")) {
            throw new LaunchException("rename: takes OLD NEW [--alias DAYS]; try registry --help");
        }
        String days = hasAlias ? words.get(3) : "30";
        if (!days.matches("[0-9]{1,5}d?")) {
            throw new LaunchException("rename: --alias takes a number of days, not " + days);
        }
        return new Rename(
                words.get(0),
                words.get(1),
                Duration.ofDays(Long.parseLong(days.replace("d", ""))).toSeconds());
    }

    private static Command parseCheck(List<String> words) {
        List<String> heads = new ArrayList<>();
        List<String> options = new ArrayList<>();
        for (Iterator<String> word = words.iterator(); word.hasNext(); ) {
            String option = word.next();
            if (option.equals("--head") && word.hasNext()) {
                heads.add(requireHash(word.next()));
            } else {
                options.add(option);
            }
        }
        boolean isOfRecord = options.contains("--audit") || !heads.isEmpty();
        requireKnown(isOfRecord ? "check --audit" : "check", options, isOfRecord ? Set.of("--audit") : OF_INTEGRITY);
        if (options.contains("--repair") && options.contains("--claim")) {
            throw new LaunchException(
                    "check: --claim and --repair are two steps: look at what a check says in between");
        }
        if (options.contains("--now") && !options.contains("--repair")) {
            throw new LaunchException("check: --now belongs to --repair; try registry --help");
        }
        return isOfRecord
                ? new CheckRecord(heads)
                : new CheckIntegrity(
                        options.contains("--repair"), options.contains("--now"), options.contains("--claim"));
    }

    private static String requireHash(String text) {
        if (!text.matches("[0-9a-f]{64}")) {
            throw new LaunchException("check: --head takes 64 hexadecimal digits, not " + text);
        }
        return text;
    }

    private static void requireKnown(String verb, List<String> options, Set<String> known) {
        options.stream().filter(option -> !known.contains(option)).findFirst().ifPresent(option -> {
            throw new LaunchException(verb + ": " + option + " is no option of it; try registry --help");
        });
    }

    private static Command parseImport(List<String> words) {
        List<String> options =
                words.stream().filter(word -> word.startsWith("-")).toList();
        List<String> operands =
                words.stream().filter(word -> !word.startsWith("-")).toList();
        requireKnown("import", options, Set.of("--verify"));
        if (operands.size() > 1) {
            throw new LaunchException("import: too many words; try registry --help");
        }
        return new Import(operands.stream().findFirst().map(Path::of), !options.isEmpty());
    }
}
