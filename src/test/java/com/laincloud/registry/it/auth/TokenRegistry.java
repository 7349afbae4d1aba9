package com.laincloud.registry.it.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import com.laincloud.registry.it.probe.CallerProbeResource;
import jakarta.json.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * A registry that asks for tokens, and the service that makes them, configured as in a LAIN cluster. There is one for the
 * whole run: {@code @ExtendWith(TokenRegistry.Shared.class)} on a class whose constructor takes it. Its WAR has one resource
 * more than what is delivered, {@link CallerProbeResource}.
 */
public final class TokenRegistry implements AutoCloseable {

    private static final String PROBE =
            "WEB-INF/classes/" + CallerProbeResource.class.getName().replace('.', '/') + ".class";

    private final TokenService tokens = new TokenService();
    private final Path directory;
    private final RegistryServer server;

    private TokenRegistry() {
        try {
            directory = Files.createTempDirectory("token-registry-");
            Path bundle = Files.writeString(bundle(), tokens.mint().pem(), UTF_8);
            server = RegistryServer.start(Map.of(
                    "REGISTRY_AUTH_TOKEN_REALM",
                    tokens.realm().toString(),
                    "REGISTRY_AUTH_TOKEN_SERVICE",
                    TokenService.SERVICE,
                    "REGISTRY_AUTH_TOKEN_ISSUER",
                    TokenService.ISSUER,
                    "REGISTRY_AUTH_TOKEN_ROOTCERTBUNDLE",
                    bundle.toString(),
                    "REGISTRY_JAVA_OPTS",
                    "-Xmx256m -XX:+UseSerialGC -Dregistry.runtime=" + runtimeWithProbe()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the build assembled, with one class more in the WAR. */
    private Path runtimeWithProbe() throws IOException {
        Path assembled = Path.of("target", "runtime").toAbsolutePath();
        Path runtime = Files.createDirectory(directory.resolve("runtime"));
        try (Stream<Path> entries = Files.list(assembled)) {
            for (Path entry : (Iterable<Path>) entries.filter(path -> !path.endsWith("registry.war"))::iterator) {
                if (entry.endsWith("config")) {
                    copy(entry, runtime.resolve("config")); // the launcher copies it in turn, and follows no links
                } else {
                    Files.createSymbolicLink(runtime.resolve(entry.getFileName()), entry);
                }
            }
        }
        Path war = Files.copy(assembled.resolve("registry.war"), runtime.resolve("registry.war"));
        try (FileSystem archive = FileSystems.newFileSystem(war);
                InputStream probe = CallerProbeResource.class.getResourceAsStream("CallerProbeResource.class")) {
            Path target = archive.getPath(PROBE);
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            Files.copy(Objects.requireNonNull(probe), target);
        }
        return runtime;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> tree = Files.walk(from)) {
            for (Path path : (Iterable<Path>) tree::iterator) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    public RegistryServer server() {
        return server;
    }

    /** The password of a user of the token service. */
    public String password(String user) {
        return Objects.requireNonNull(TokenService.PASSWORDS.get(user));
    }

    /** The file of the certificate that tokens are verified with. */
    public Path bundle() {
        return directory.resolve("server.pem");
    }

    /** What LAIN's etcd says of this token service at {@code auth/registry}. */
    public String keyInEtcd() {
        return Json.createObjectBuilder()
                .add("realm", tokens.realm().toString())
                .add("issuer", TokenService.ISSUER)
                .add("service", TokenService.SERVICE)
                .build()
                .toString();
    }

    TokenService tokens() {
        return tokens;
    }

    URI uri() {
        return server.uri();
    }

    /** A client that sends no credentials. */
    RegistryClient anonymous() {
        return new RegistryClient(uri());
    }

    /** A client that sends a token of the service for one scope. */
    RegistryClient with(@Nullable String user, String scope) {
        return withToken(tokens.token(user, scope));
    }

    /** A client that sends this token. */
    RegistryClient withToken(String token) {
        return new RegistryClient(uri(), "Authorization", "Bearer " + token);
    }

    @Override
    public void close() {
        server.close();
        tokens.close();
        try (Stream<Path> tree = Files.walk(directory)) {
            for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands tests the one of the run. */
    public static final class Shared implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == TokenRegistry.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(TokenRegistry.class))
                    .computeIfAbsent(TokenRegistry.class, key -> new TokenRegistry(), TokenRegistry.class);
        }
    }
}
