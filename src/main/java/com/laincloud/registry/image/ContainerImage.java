package com.laincloud.registry.image;

import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.ImageReference;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.JibContainer;
import com.google.cloud.tools.jib.api.JibContainerBuilder;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.TarImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.ImageFormat;
import com.google.cloud.tools.jib.api.buildplan.Port;
import com.google.cloud.tools.jib.frontend.CredentialRetrieverFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Makes the container image and pushes it to a registry, or writes it to a file for {@code docker load}. LAIN's engine is
 * docker 1.12, so it is of docker's format. What is in it, and how it is run, is told here and in {@link ImageLayers}.
 */
public final class ContainerImage {

    private static final String DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private ContainerImage() {}

    /**
     * Words: the image's name, or a file whose name ends in {@code .tar}; the registry's version; the directory for what it
     * is made from; Payara Micro's jar, the WAR, the launcher's jar. The system property {@code image.base} names an image to
     * build on, and {@code image.insecure} allows registries without TLS.
     */
    public static void main(String[] words) throws Exception {
        String target = words[0];
        String version = words[1];
        String base = System.getProperty("image.base", "");
        boolean insecure = Boolean.getBoolean("image.insecure");
        if (insecure) {
            System.setProperty("sendCredentialsOverHttp", "true"); // else jib keeps them from such registries
        }
        ImageParts parts = ImageParts.make(
                Path.of(words[2]), Stream.of(words).skip(3).map(Path::of).toList(), base.isEmpty());
        Containerizer containerizer = to(target, version)
                .setAllowInsecureRegistries(insecure)
                .setBaseImageLayersCache(parts.cache())
                .setApplicationLayersCache(parts.cache())
                .setToolName("registry");
        JibContainer image = describe(from(base, parts), parts, version).containerize(containerizer);
        System.out.println(target + " " + image.getDigest());
    }

    private static JibContainerBuilder from(String base, ImageParts parts) throws InvalidImageReferenceException {
        if (base.isEmpty()) {
            return Jib.from(TarImage.at(parts.debian()));
        }
        boolean isElsewhere = base.startsWith(Jib.TAR_IMAGE_PREFIX) || base.startsWith(Jib.DOCKER_DAEMON_IMAGE_PREFIX);
        return isElsewhere ? Jib.from(base) : Jib.from(inRegistry(base));
    }

    private static Containerizer to(String target, String version) throws InvalidImageReferenceException {
        return target.endsWith(".tar")
                ? Containerizer.to(TarImage.at(Path.of(target)).named("registry:" + version))
                : Containerizer.to(inRegistry(target));
    }

    /** With the credentials of {@code docker login}. */
    private static RegistryImage inRegistry(String name) throws InvalidImageReferenceException {
        ImageReference reference = ImageReference.parse(name);
        return RegistryImage.named(reference)
                .addCredentialRetriever(CredentialRetrieverFactory.forImage(reference, event -> {})
                        .dockerConfig());
    }

    private static JibContainerBuilder describe(JibContainerBuilder image, ImageParts parts, String version)
            throws IOException {
        return image.setFileEntriesLayers(new ImageLayers(parts, Path.of("payara/lain")).all())
                .setFormat(ImageFormat.Docker)
                .addEnvironmentVariable("PATH", "/opt/registry/payara:" + DEFAULT_PATH)
                .addEnvironmentVariable("JAVA_HOME", "/opt/java")
                // for "docker exec … registry sql", which reads the settings that the server reads
                .addEnvironmentVariable("REGISTRY_CONFIGURATION_PATH", "/lain/app/config.yml")
                .setWorkingDirectory(AbsoluteUnixPath.get("/lain/app"))
                .setEntrypoint(List.of())
                .setProgramArguments("./entry.sh")
                .setExposedPorts(Port.tcp(5000))
                .setVolumes(AbsoluteUnixPath.get("/var/lib/registry"))
                .addLabel("org.opencontainers.image.title", "LAIN Registry")
                .addLabel("org.opencontainers.image.version", version)
                .addLabel("org.opencontainers.image.licenses", "Apache-2.0");
    }
}
