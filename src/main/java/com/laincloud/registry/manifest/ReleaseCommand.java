package com.laincloud.registry.manifest;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.manifest.Releases.Released;
import com.laincloud.registry.oci.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * {@code registry release}: makes tags name what a {@link Release} says, all or none of them, whether a registry runs beside it
 * or not. What it tells is the release that takes this one back.
 */
public final class ReleaseCommand {

    private static final String STANDARD_INPUT = "-";

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines of a release */
    public ReleaseCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Releases.
     *
     * @param words the file of the release, or {@code -} for standard input
     * @return true
     * @throws RegistryException if a line is wrong or does not hold; no tag was moved then
     * @throws RuntimeException if it cannot be done, in one line
     */
    public boolean run(List<String> words) {
        Release release = Release.parse(read(words.getFirst()));
        try (CommandWork work = new CommandWork(settings)) {
            work.releases().put(release, work.requester()).stream()
                    .map(Released::back)
                    .forEach(report);
        }
        return true;
    }

    private static String read(String file) {
        try (InputStream in = file.equals(STANDARD_INPUT) ? System.in : Files.newInputStream(Path.of(file))) {
            byte[] content = in.readNBytes(Release.MAX_LENGTH + 1);
            if (content.length > Release.MAX_LENGTH) {
                throw new IllegalArgumentException("a release may have " + Release.MAX_LENGTH + " bytes");
            }
            return new String(content, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e, e);
        }
    }
}
