package com.laincloud.registry.it.auth;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.laincloud.registry.it.RegistryClient;
import com.laincloud.registry.it.RegistryServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.springframework.security.crypto.bcrypt.BCrypt;

/**
 * A registry that asks for passwords. There is one for the whole run: {@code @ExtendWith(HtpasswdRegistry.Shared.class)} on a
 * class whose constructor takes it.
 */
public final class HtpasswdRegistry implements AutoCloseable {

    /** Who is in the file from the start, with this as the password of all. */
    public static final String USER = "frodo";

    public static final String PASSWORD = "second: breakfast";

    private static final int COST = 10;

    private final Path file;
    private final RegistryServer server;

    private HtpasswdRegistry() {
        try {
            file = Files.createTempFile("htpasswd-", null);
            write(Map.of(USER, PASSWORD));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server = RegistryServer.start(
                Map.of("REGISTRY_AUTH_HTPASSWD_REALM", "The Shire", "REGISTRY_AUTH_HTPASSWD_PATH", file.toString()));
    }

    /** Replaces the file. */
    void write(Map<String, String> users) throws IOException {
        Files.writeString(
                file,
                users.entrySet().stream()
                        .map(user -> user.getKey() + ":" + BCrypt.hashpw(user.getValue(), BCrypt.gensalt("$2y", COST)))
                        .collect(Collectors.joining("\n", "# users\n", "\n")),
                UTF_8);
    }

    public RegistryServer server() {
        return server;
    }

    RegistryClient anonymous() {
        return new RegistryClient(server.uri());
    }

    RegistryClient with(String user, String password) {
        return new RegistryClient(server.uri(), "Authorization", TokenService.basic(user, password));
    }

    @Override
    public void close() {
        server.close();
        try {
            Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Hands tests the one of the run. */
    public static final class Shared implements ParameterResolver {

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == HtpasswdRegistry.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(HtpasswdRegistry.class))
                    .computeIfAbsent(HtpasswdRegistry.class, key -> new HtpasswdRegistry(), HtpasswdRegistry.class);
        }
    }
}
