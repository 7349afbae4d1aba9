package com.laincloud.registry.launcher;

import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.reflect.Array;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The pages of the {@link AheadOfTimeCache} that nothing writes to: a start reads all 90 MiB of them, and serving needs a part.
 * What is let go is read again from the file when it is needed, as a rule from the system's page cache.
 *
 * <p>{@code madvise} is called by reflection: the JDKs that have the cache can call it, the oldest that the registry is
 * compiled for cannot.
 */
final class CachePages {

    private static final Path MAPPINGS = Path.of("/proc/self/smaps");
    private static final int DONT_NEED = 4; // MADV_DONTNEED, of Linux

    private CachePages() {}

    /** Lets go of the pages of {@code cache} that this process has mapped to read, if it has. */
    static void release(Path cache) throws IOException, ReflectiveOperationException {
        Optional<Range> pages = readOnly(Files.readAllLines(MAPPINGS), cache);
        if (pages.isPresent()) {
            advise(pages.get());
        }
    }

    /**
     * Where {@code cache} is mapped to be read alone, and as it is in the file: pages that the JVM has changed, as it does
     * where it had to move the cache, would be lost.
     *
     * @param lines of {@code smaps}
     */
    static Optional<Range> readOnly(List<String> lines, Path cache) {
        Optional<Range> range = Optional.empty();
        for (String line : lines) {
            String[] words = line.split(" +", 6);
            if (words[0].indexOf('-') > 0) {
                range = words.length == 6 && words[1].startsWith("r--") && words[5].equals(cache.toString())
                        ? Optional.of(Range.parse(words[0]))
                        : Optional.empty();
            } else if (range.isPresent() && words[0].equals("Anonymous:")) {
                if (words[1].equals("0")) {
                    return range;
                }
                range = Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static void advise(Range range) throws ReflectiveOperationException {
        Class<?> linkerType = Class.forName("java.lang.foreign.Linker");
        Class<?> option = Class.forName("java.lang.foreign.Linker$Option");
        Class<?> lookup = Class.forName("java.lang.foreign.SymbolLookup");
        Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
        Class<?> layout = Class.forName("java.lang.foreign.MemoryLayout");
        Class<?> descriptor = Class.forName("java.lang.foreign.FunctionDescriptor");
        Class<?> values = Class.forName("java.lang.foreign.ValueLayout");
        Object word = values.getField("JAVA_LONG").get(null);
        Object number = values.getField("JAVA_INT").get(null);
        Object parameters = Array.newInstance(layout, 3);
        Array.set(parameters, 0, word);
        Array.set(parameters, 1, word);
        Array.set(parameters, 2, number);
        Object linker = linkerType.getMethod("nativeLinker").invoke(null);
        Object library = linkerType.getMethod("defaultLookup").invoke(linker);
        Object address =
                ((Optional<?>) lookup.getMethod("find", String.class).invoke(library, "madvise")).orElseThrow();
        MethodHandle madvise = (MethodHandle) linkerType
                .getMethod("downcallHandle", segment, descriptor, option.arrayType())
                .invoke(
                        linker,
                        address,
                        descriptor.getMethod("of", layout, layout.arrayType()).invoke(null, number, parameters),
                        Array.newInstance(option, 0));
        try {
            madvise.invokeWithArguments(range.begin, range.end - range.begin, DONT_NEED);
        } catch (Throwable e) {
            throw new ReflectiveOperationException(e);
        }
    }

    /** Addresses from {@code begin} to before {@code end}. */
    record Range(long begin, long end) {

        static Range parse(String text) {
            int dash = text.indexOf('-');
            return new Range(
                    Long.parseUnsignedLong(text, 0, dash, 16),
                    Long.parseUnsignedLong(text, dash + 1, text.length(), 16));
        }
    }
}
