package com.laincloud.registry.database.embedded;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * The account PostgreSQL runs under. It refuses to run as root, so a registry that root has started has to find another
 * way, best first:
 *
 * <ol>
 *   <li>{@code unshare --user}: a user namespace in which root's own files belong to an ordinary account. Outside of it the
 *       process is still root's, so it reaches directories that only root may enter, and nothing changes its owner.
 *   <li>{@code setpriv --reuid}: where user namespaces are forbidden (as in most containers), the account {@code postgres}
 *       or else {@code nobody}, to which the database directory is given.
 * </ol>
 *
 * A directory that already belongs to an account other than root stays with that account.
 *
 * @param prefix what a command line starts with so that it runs under the account; empty for an ordinary user
 * @param owner whom the directory must belong to, where that is not the registry's own account
 */
record ServerAccount(List<String> prefix, OptionalInt owner) {

    private static final int ROOT = 0;

    /** The account for a server whose files lie in {@code directory}, which exists. */
    static ServerAccount forServerIn(Path directory) {
        if (owner(Path.of("/proc/self")) != ROOT) {
            return new ServerAccount(List.of(), OptionalInt.empty());
        }
        int owner = owner(directory);
        if (owner == ROOT) {
            ServerAccount namespace = inUserNamespace();
            if (ProgramRun.run(namespace.prefix, "true").succeeded()) {
                return namespace;
            }
            owner = ordinary("postgres", "nobody").orElseThrow(ServerAccount::none).id;
        }
        ServerAccount account = switchedTo(owner);
        if (!ProgramRun.run(account.prefix, "true").succeeded()) {
            throw none();
        }
        return account;
    }

    private static ServerAccount inUserNamespace() {
        // initdb looks its account up by name, so the account must be one that has a name
        int inside = ordinary("nobody").map(Account::id).orElse(65534);
        return new ServerAccount(
                List.of("unshare", "--user", "--map-user=" + inside, "--map-group=" + inside), OptionalInt.empty());
    }

    private static ServerAccount switchedTo(int owner) {
        return new ServerAccount(
                List.of("setpriv", "--reuid=" + owner, "--regid=" + owner, "--clear-groups"), OptionalInt.of(owner));
    }

    private static EmbeddedDatabaseException none() {
        return new EmbeddedDatabaseException("database: PostgreSQL does not run as root, and neither unshare --user nor"
                + " setpriv works here: start the registry as an ordinary user or set database.url");
    }

    /** Gives {@code directory} and all in it to the account, if it is not the registry's own. */
    void adopt(Path directory) {
        if (owner.isEmpty()) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) throws IOException {
                    return give(path);
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) throws IOException {
                    return give(path);
                }
            });
        } catch (IOException e) {
            throw new EmbeddedDatabaseException("database.directory: cannot give " + directory + " away: " + e, e);
        }
    }

    private FileVisitResult give(Path path) throws IOException {
        Files.setAttribute(path, "unix:uid", owner.orElseThrow(), LinkOption.NOFOLLOW_LINKS);
        return FileVisitResult.CONTINUE;
    }

    private static int owner(Path path) {
        try {
            return (int) Files.getAttribute(path, "unix:uid");
        } catch (IOException e) {
            throw new EmbeddedDatabaseException(
                    "database.directory: cannot read the owner of " + path + ": " + Fault.of(e), e);
        }
    }

    private record Account(String name, int id) {}

    private static Optional<Account> ordinary(String... names) {
        try (Stream<String> lines = Files.lines(Path.of("/etc/passwd"))) {
            List<Account> accounts = lines.map(line -> line.split(":", -1))
                    .filter(fields -> fields.length > 2)
                    .map(fields -> new Account(fields[0], Integer.parseInt(fields[2])))
                    .toList();
            return Stream.of(names)
                    .flatMap(name -> accounts.stream().filter(account -> account.name.equals(name)))
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // an image without accounts: let the commands tell
        }
    }
}
