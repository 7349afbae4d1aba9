package com.laincloud.registry.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the image consists of, in a directory: see {@code payara/image-parts}, which makes it.
 *
 * @param directory where the parts are kept, so that the next image of the same libraries is made in a moment
 */
record ImageParts(Path directory) {

    /**
     * Makes those that are not there or out of date.
     *
     * @param ingredients Payara Micro's jar, the WAR, the launcher's jar
     * @param withDebian whether there is to be something to build on
     */
    static ImageParts make(Path directory, List<Path> ingredients, boolean withDebian)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("payara/image-parts", directory.toString()));
        ingredients.forEach(ingredient -> command.add(ingredient.toString()));
        if (!withDebian) {
            command.add("no-debian");
        }
        ProcessBuilder script = new ProcessBuilder(command).inheritIO();
        script.environment().put("JAVA_HOME", System.getProperty("java.home"));
        script.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        if (script.start().waitFor() != 0) {
            throw new IOException("the parts of the image cannot be made");
        }
        return new ImageParts(directory);
    }

    /** The archive of an image of Debian. */
    Path debian() {
        return directory.resolve("debian.tar");
    }

    /** A Java that runs the server. */
    Path java() {
        return directory.resolve("java");
    }

    /** The launcher's script, and the server's runtime below {@code target}. */
    Path registry() {
        return directory.resolve("registry");
    }

    /** Where layers once made are kept. */
    Path cache() {
        return directory.resolve("cache");
    }
}
