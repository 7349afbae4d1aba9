package com.laincloud.registry.config;

import com.laincloud.registry.config.Auth.SigningAlgorithm;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Which provider of authentication is configured: the one whose section is there ({@code auth: {token: …}}). One that is
 * named alone ({@code auth: none}) replaces what all lower sources say. There is at most one: with two, it would be unclear
 * which one guards the registry.
 */
final class AuthSection {

    private static final String NONE = "none";
    private static final String SILLY = "silly";
    private static final String TOKEN = "token";
    private static final String HTPASSWD = "htpasswd";
    private static final String PROVIDERS = String.join(", ", TOKEN, HTPASSWD, SILLY, NONE);

    private final SettingReader reader;

    private AuthSection(SettingReader reader) {
        this.reader = reader;
    }

    /** @throws InvalidSettingException if it is none of ours, there are two, or something of it is missing or wrong */
    static Auth read(SettingValues values, SettingReader reader) {
        AuthSection section = new AuthSection(reader);
        return switch (provider(values)) {
            case SILLY -> new Auth.Silly(section.text("auth.silly.realm"), section.text("auth.silly.service"));
            case TOKEN -> section.token();
            case HTPASSWD -> new Auth.Htpasswd(section.text("auth.htpasswd.realm"), reader.file("auth.htpasswd.path"));
            default -> new Auth.None();
        };
    }

    private static String provider(SettingValues values) {
        List<Setting> configured = values.configured();
        Optional<Setting> alone = configured.stream()
                .filter(setting -> setting.key().equals("auth"))
                .max((a, b) -> Integer.compare(a.ordinal(), b.ordinal()));
        int from = alone.map(Setting::ordinal).orElse(0);
        Set<String> sections = configured.stream()
                .filter(setting -> setting.key().startsWith("auth.") && setting.ordinal() >= from)
                .map(setting -> known(setting, setting.key().split("\\.", -1)[1]))
                .collect(Collectors.toCollection(TreeSet::new));
        if (sections.size() > 1) {
            throw new InvalidSettingException("auth: names several providers: " + String.join(", ", sections));
        }
        return sections.stream()
                .findFirst()
                .or(() -> alone.map(setting -> isEmpty(setting.value()) ? NONE : known(setting, setting.value())))
                .orElse(NONE);
    }

    private static String known(Setting setting, String provider) {
        return switch (provider) {
            case NONE, SILLY, TOKEN, HTPASSWD -> provider;
            default -> throw InvalidSettingException.of(setting, "of a provider there is: " + PROVIDERS);
        };
    }

    private static boolean isEmpty(String value) {
        return switch (value) {
            case "", "{}", "null", "~" -> true;
            default -> false;
        };
    }

    private Auth.Token token() {
        boolean autoRedirect = reader.bool("auth.token.autoredirect");
        String service = text("auth.token.service");
        if (!autoRedirect) {
            reader.required("auth.token.realm");
        }
        Auth.Token token = new Auth.Token(
                reader.uri("auth.token.realm"),
                autoRedirect ? Optional.of(path("auth.token.autoredirectpath")) : Optional.empty(),
                service,
                with(service, "auth.token.audiences"),
                with(text("auth.token.issuer"), "auth.token.issuers"),
                reader.optionalFile("auth.token.rootcertbundle"),
                reader.optionalFile("auth.token.jwks"),
                algorithms("auth.token.signingalgorithms"));
        if (token.keyFiles().isEmpty()) {
            throw new InvalidSettingException("auth.token.rootcertbundle: is missing, and so is auth.token.jwks");
        }
        return token;
    }

    private String text(String key) {
        return reader.required(key).value();
    }

    private String path(String key) {
        Setting setting = reader.required(key);
        if (!setting.value().startsWith("/")) {
            throw InvalidSettingException.of(setting, "a path that begins with a slash");
        }
        return setting.value();
    }

    private Set<String> with(String first, String key) {
        Set<String> all = new LinkedHashSet<>(List.of(first));
        all.addAll(reader.list(key));
        return Set.copyOf(all);
    }

    private Set<SigningAlgorithm> algorithms(String key) {
        Setting setting = reader.required(key);
        return reader.list(key).stream()
                .map(name -> Arrays.stream(SigningAlgorithm.values())
                        .filter(algorithm -> algorithm.name().equals(name.toUpperCase(Locale.ROOT)))
                        .findFirst()
                        .orElseThrow(() -> InvalidSettingException.of(
                                setting, "a list of " + Arrays.toString(SigningAlgorithm.values()))))
                .collect(Collectors.toUnmodifiableSet());
    }
}
