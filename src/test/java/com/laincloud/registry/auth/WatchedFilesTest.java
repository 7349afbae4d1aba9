package com.laincloud.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchedFilesTest {

    @TempDir
    private Path directory;

    private final TestClock clock = new TestClock(Instant.now());
    private final AtomicInteger parsed = new AtomicInteger();
    private Path file;
    private WatchedFiles<String> watched;

    @BeforeEach
    void writeAndWatch() throws IOException {
        file = directory.resolve("file");
        write("first", Duration.ofDays(-1));
        watched = watching(file);
    }

    private WatchedFiles<String> watching(Path... files) {
        return new WatchedFiles<>(
                "auth.test",
                List.of(files),
                contents -> {
                    parsed.incrementAndGet();
                    String text =
                            String.join("+", contents.stream().map(String::new).toList());
                    if (text.contains("bad")) {
                        throw new UnusableFileException("it is bad");
                    }
                    return text;
                },
                clock);
    }

    private void write(String content, Duration modified) throws IOException {
        Files.writeString(file, content, StandardCharsets.UTF_8);
        Files.setLastModifiedTime(file, FileTime.from(clock.instant().plus(modified)));
    }

    @Test
    void aFileIsReadOnceUntilItChanges() throws IOException {
        String first = watched.get();
        clock.pass(Duration.ofSeconds(5));
        assertThat(watched.get()).isSameAs(first);
        assertThat(parsed).hasValue(1);

        write("second", Duration.ofHours(-1));
        assertThat(watched.get()).as("within a second, it is not looked at").isEqualTo("first");
        clock.pass(Duration.ofSeconds(1));
        assertThat(watched.get()).isEqualTo("second");
    }

    @Test
    void aChangeIsSeenThatNeitherTheTimeNorTheSizeTells() throws IOException {
        write("a", Duration.ZERO);
        assertThat(watched.get()).isEqualTo("a");
        FileTime time = Files.getLastModifiedTime(file);
        Files.writeString(file, "b");
        Files.setLastModifiedTime(file, time);
        clock.pass(Duration.ofSeconds(1));

        assertThat(watched.get()).isEqualTo("b");
    }

    @Test
    void aFileThatIsReadAgainAndSaysTheSameIsTheSameObject() throws IOException {
        String first = watched.get();
        write("first", Duration.ZERO);
        clock.pass(Duration.ofSeconds(1));

        assertThat(watched.get()).isSameAs(first);
        assertThat(parsed).hasValue(1);
    }

    @Test
    void aFileThatBecomesUnusableLeavesWhatItSaidInForceUntilItIsUsableAgain() throws IOException {
        watched.get();
        write("bad", Duration.ofHours(-1));
        clock.pass(Duration.ofSeconds(1));
        assertThat(watched.get()).isEqualTo("first");

        Files.delete(file);
        clock.pass(Duration.ofSeconds(1));
        assertThat(watched.get()).isEqualTo("first");

        write("second", Duration.ofHours(-1));
        clock.pass(Duration.ofSeconds(1));
        assertThat(watched.get()).isEqualTo("second");
    }

    @Test
    void aFileThatNeverCouldBeUsedSaysWhyAndIsTriedAgain() throws IOException {
        write("bad", Duration.ofHours(-1));
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(watched::get)
                .withMessage("auth.test: [" + file + "]: it is bad");
        Files.delete(file);
        clock.pass(Duration.ofSeconds(1));
        assertThatExceptionOfType(UnusableFileException.class)
                .isThrownBy(watched::get)
                .withMessageContaining("NoSuchFile");

        write("good", Duration.ofHours(-1));
        clock.pass(Duration.ofSeconds(1));
        assertThat(watched.get()).isEqualTo("good");
    }

    @Test
    void severalFilesAreUnderstoodTogether() throws IOException {
        Path other = Files.writeString(directory.resolve("other"), "other");
        WatchedFiles<String> both = watching(file, other);
        assertThat(both.get()).isEqualTo("first+other");

        Files.writeString(other, "changed");
        clock.pass(Duration.ofSeconds(1));
        assertThat(both.get()).isEqualTo("first+changed");
    }
}
