package com.laincloud.registry.oci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.laincloud.registry.fuzz.HostileText;
import com.laincloud.registry.fuzz.Seed;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.RepeatedTest;

/** What is true of all parsers of this package. The seed of a run is in the message of its failure. */
class ParsersTest {

    private static final int TEXTS = 20_000;

    @RepeatedTest(3)
    void aParserReadsBackWhatItAcceptedAndThrowsNothingButRegistryExceptions() {
        Seed seed = Seed.ofThisRun();
        Random random = seed.random();
        for (int i = 0; i < TEXTS; i++) {
            String text = HostileText.next(random);
            requireSound(seed, text, Digest::valueOf);
            requireSound(seed, text, RepositoryName::valueOf);
            requireSound(seed, text, Tag::valueOf);
            requireSound(seed, text, Reference::valueOf);
        }
    }

    private static void requireSound(Seed seed, String text, Function<String, Object> parser) {
        try {
            assertThat(parser.apply(text)).hasToString(text);
        } catch (RegistryException e) {
            assertThat(e.details()).isNotEmpty();
        } catch (RuntimeException e) {
            fail(seed + ": " + text, e);
        }
    }
}
