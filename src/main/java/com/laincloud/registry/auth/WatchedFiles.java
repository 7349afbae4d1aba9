package com.laincloud.registry.auth;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What some files say, read again when they change. A change is seen within a second or two. If the files become unusable,
 * what they said before stays in force, and the log says so: an editor that has written half of a file must not lock all
 * users out.
 *
 * @param <T> what they are understood as; the very same object until their content changes
 */
public final class WatchedFiles<T> {

    private static final System.Logger LOG = System.getLogger(WatchedFiles.class.getName());
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A file that was written within this time may be written again without its time of change telling. */
    private static final Duration GRAIN = Duration.ofSeconds(2);

    private static final int MAX_SIZE = 16 << 20;

    private final String setting;
    private final List<Path> files;
    private final Function<List<byte[]>, T> parser;
    private final Clock clock;
    private volatile @Nullable State<T> state;

    /**
     * @param setting what names the files, for the log
     * @param parser understands the content of the files, or throws {@link UnusableFileException}
     */
    public WatchedFiles(String setting, List<Path> files, Function<List<byte[]>, T> parser, Clock clock) {
        this.setting = setting;
        this.files = List.copyOf(files);
        this.parser = parser;
        this.clock = clock;
    }

    /**
     * What the files say.
     *
     * @throws UnusableFileException if they could not be used even once
     */
    public T get() {
        State<T> known = state;
        if (known == null || isDue(known)) {
            known = look();
        }
        T value = known.value;
        if (value == null) {
            throw new UnusableFileException(setting + ": " + files + ": " + known.fault);
        }
        return value;
    }

    private boolean isDue(State<T> known) {
        Instant now = clock.instant();
        return !now.isBefore(known.looked.plus(INTERVAL)) || now.isBefore(known.looked);
    }

    private synchronized State<T> look() {
        State<T> known = state;
        if (known != null && !isDue(known)) {
            return known; // another thread was here first
        }
        Instant now = clock.instant();
        State<T> found;
        try {
            List<Stamp> stamps = stamps();
            found = known != null && known.isOf(stamps)
                    ? new State<>(now, known.read, stamps, known.contents, known.value, null)
                    : read(known, stamps, now);
        } catch (IOException | UnusableFileException e) {
            found = failed(known, e, now);
        }
        state = found;
        return found;
    }

    private State<T> read(@Nullable State<T> known, List<Stamp> stamps, Instant now) throws IOException {
        List<byte[]> contents = new ArrayList<>();
        for (Path file : files) {
            contents.add(content(file));
        }
        T value = known != null && known.value != null && areEqual(contents, known.contents)
                ? known.value
                : parser.apply(contents);
        return new State<>(now, now, stamps, contents, value, null);
    }

    private State<T> failed(@Nullable State<T> known, Exception e, Instant now) {
        String fault = e instanceof UnusableFileException ? String.valueOf(e.getMessage()) : e.toString();
        if (known == null || !fault.equals(known.fault)) {
            String consequence = known == null || known.value == null ? "" : "; what they said before stays in force";
            LOG.log(System.Logger.Level.ERROR, setting + ": " + files + ": " + fault + consequence);
        }
        return known == null
                ? new State<>(now, now, List.of(), List.of(), null, fault)
                : new State<>(now, known.read, known.stamps, known.contents, known.value, fault);
    }

    private List<Stamp> stamps() throws IOException {
        List<Stamp> stamps = new ArrayList<>();
        for (Path file : files) {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            stamps.add(new Stamp(
                    attributes.lastModifiedTime(), attributes.size(), Optional.ofNullable(attributes.fileKey())));
        }
        return stamps;
    }

    private static boolean areEqual(List<byte[]> some, List<byte[]> others) {
        return Arrays.deepEquals(some.toArray(), others.toArray());
    }

    private static byte[] content(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MAX_SIZE + 1);
            if (bytes.length > MAX_SIZE) {
                throw new UnusableFileException(file + " is larger than " + MAX_SIZE + " bytes");
            }
            return bytes;
        }
    }

    private record Stamp(FileTime modified, long size, Optional<Object> key) {}

    /**
     * @param looked when the files were last looked at
     * @param read when they were last read
     * @param value what they said when they could last be used; null if never
     * @param fault why they cannot be used now; null if they can
     */
    private record State<T>(
            Instant looked,
            Instant read,
            List<Stamp> stamps,
            List<byte[]> contents,
            @Nullable T value,
            @Nullable String fault) {

        /** Whether reading the files again would tell nothing new. */
        boolean isOf(List<Stamp> current) {
            return fault == null
                    && stamps.equals(current)
                    && current.stream()
                            .allMatch(stamp ->
                                    stamp.modified.toInstant().plus(GRAIN).isBefore(read));
        }
    }
}
