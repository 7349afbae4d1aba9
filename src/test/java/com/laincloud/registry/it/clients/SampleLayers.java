package com.laincloud.registry.it.clients;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;

/** The layers of a small but complete image: what real builds leave in their archives is all there. */
final class SampleLayers {

    private static final int MIB = 1 << 20;

    private SampleLayers() {}

    /** Five uncompressed archives of some MiB; another {@code seed} makes other content in all but the empty one. */
    static List<byte[]> of(long seed) {
        byte[] base = new LayerArchive()
                .directory("etc")
                .file("etc/release", ("seed " + seed + "\n").getBytes(UTF_8))
                .directory("usr")
                .directory("usr/lib")
                .noise("usr/lib/base.so", seed, 3 * MIB)
                .directory("var")
                .directory("var/cache")
                .noise("var/cache/old", seed + 1, 4096)
                .file("var/cache/older", new byte[0])
                .toTar();
        byte[] application = new LayerArchive()
                .directory("app")
                .noise("app/run", seed + 2, 2 * MIB)
                .symbolicLink("app/current", "run")
                .symbolicLink("app/dangling", "/nowhere")
                .toTar();
        byte[] cleanup = new LayerArchive()
                .directory("var")
                .whiteout("etc", "release")
                .directory("var/cache")
                .opaque("var/cache")
                .noise("var/cache/new", seed + 3, MIB)
                .toTar();
        byte[] empty = new LayerArchive().toTar();
        byte[] overlaid = new LayerArchive()
                .directory("app")
                .noise("app/run", seed + 4, MIB + 1)
                .toTar();
        return List.of(base, application, cleanup, empty, overlaid);
    }
}
