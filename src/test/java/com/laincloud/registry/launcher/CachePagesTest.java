package com.laincloud.registry.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.launcher.CachePages.Range;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachePagesTest {

    private static final Path CACHE = Path.of("/opt/a registry/registry.aot");
    private static final String OTHER = "7f0000000000-7f0000100000 r--p 00000000 fe:00 11 /usr/lib/libc.so.6";
    private static final String WRITTEN =
            "7f1000000000-7f1001000000 rw-p 00001000 fe:00 12 /opt/a registry/registry.aot";
    private static final String READ =
            "7f2000000000-7f2005a00000 r--p 01001000 fe:00 12                   /opt/a registry/registry.aot";
    private static final String CLEAN = "Anonymous:             0 kB";

    @Test
    void pagesOfTheCacheThatAreReadAloneAreFound() {
        assertThat(CachePages.readOnly(List.of(OTHER, CLEAN, WRITTEN, CLEAN, READ, "Rss: 90 kB", CLEAN), CACHE))
                .contains(new Range(0x7f2000000000L, 0x7f2005a00000L));
    }

    @Test
    void pagesThatAreWrittenOrOfAnotherFileAreNot() {
        assertThat(CachePages.readOnly(List.of(OTHER, CLEAN, WRITTEN, CLEAN), CACHE))
                .isEmpty();
    }

    @Test
    void pagesThatTheMachineHasChangedAreNot() {
        assertThat(CachePages.readOnly(List.of(READ, "Anonymous:          4096 kB", OTHER, CLEAN), CACHE))
                .isEmpty();
    }

    @Test
    void noCacheIsNoFailure() throws Exception {
        CachePages.release(CACHE);
    }
}
