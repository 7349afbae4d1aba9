package com.laincloud.registry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.config.Auth.SigningAlgorithm;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthSectionTest {

    @TempDir
    private Path directory;

    private Path bundle;
    private Map<String, String> token;

    @BeforeEach
    void writeTheBundle() throws IOException {
        bundle = Files.writeString(directory.resolve("server.pem"), "");
        token = new HashMap<>(Map.of(
                "registry.auth.token.realm", "https://console.lain.local/api/v1/authorize/registry/",
                "registry.auth.token.service", "lain.local",
                "registry.auth.token.issuer", "auth server",
                "registry.auth.token.rootcertbundle", bundle.toString()));
    }

    private static Auth read(Map<String, String> properties, Map<String, String> file) {
        ProcessSettingValues values = new ProcessSettingValues(
                properties, Map.of(), Optional.of(new ConfigFile(Path.of("config.yml"), file)));
        return AuthSection.read(values, new SettingReader(values));
    }

    private void assertRefused(String fault) {
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> read(Map.of(), token))
                .withMessageContaining(fault);
    }

    @Test
    void withoutASectionNoCallerIsAskedForCredentials() {
        assertThat(read(Map.of(), Map.of())).isEqualTo(new Auth.None());
    }

    @Test
    void theSectionOfLainsFileIsATokenServiceWithEveryAlgorithmThereIs() {
        assertThat(read(Map.of(), token)).isInstanceOfSatisfying(Auth.Token.class, configured -> {
            assertThat(configured.realm())
                    .contains(URI.create("https://console.lain.local/api/v1/authorize/registry/"));
            assertThat(configured.autoRedirectPath()).isEmpty();
            assertThat(configured.service()).isEqualTo("lain.local");
            assertThat(configured.audiences()).containsExactly("lain.local");
            assertThat(configured.issuers()).containsExactly("auth server");
            assertThat(configured.keyFiles()).containsExactly(bundle);
            assertThat(configured.signingAlgorithms()).containsExactlyInAnyOrder(SigningAlgorithm.values());
        });
    }

    @Test
    void equalSectionsAreEqualValues() {
        assertThat(read(Map.of(), token)).isEqualTo(read(Map.of(), token)).hasSameHashCodeAs(read(Map.of(), token));
    }

    @Test
    void furtherNamesIssuersAndFilesAreAccepted() throws IOException {
        Path jwks = Files.writeString(directory.resolve("jwks.json"), "{}");
        token.put("registry.auth.token.audiences", "[lain.example, lain.test]");
        token.put("registry.auth.token.issuers", "another server");
        token.put("registry.auth.token.jwks", jwks.toString());
        token.put("registry.auth.token.signingalgorithms", "[RS256, EdDSA]");

        assertThat(read(Map.of(), token)).isInstanceOfSatisfying(Auth.Token.class, configured -> {
            assertThat(configured.audiences()).containsExactlyInAnyOrder("lain.local", "lain.example", "lain.test");
            assertThat(configured.issuers()).containsExactlyInAnyOrder("auth server", "another server");
            assertThat(configured.keyFiles()).containsExactly(bundle, jwks);
            assertThat(configured.signingAlgorithms())
                    .containsExactlyInAnyOrder(SigningAlgorithm.RS256, SigningAlgorithm.EDDSA);
        });
    }

    @Test
    void aServiceOnTheSameHostNeedsNoRealm() {
        token.remove("registry.auth.token.realm");
        token.put("registry.auth.token.autoredirect", "true");

        assertThat(read(Map.of(), token))
                .isInstanceOfSatisfying(
                        Auth.Token.class,
                        configured -> assertThat(configured.autoRedirectPath()).contains("/auth/token"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"realm", "service", "issuer", "rootcertbundle"})
    void eachOfTheFourIsRequired(String key) {
        token.remove("registry.auth.token." + key);

        assertRefused("auth.token." + key + ": is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "realm, console, an address",
        "realm, 'ftp://console/', an address",
        "rootcertbundle, /nowhere, a file that exists",
        "jwks, /nowhere, a file that exists",
        "autoredirect, perhaps, true or false",
        "signingalgorithms, '[RS256, HS256]', a list of",
        "signingalgorithms, none, a list of",
    })
    void aWrongValueIsNamedWithItsSource(String key, String value, String allowed) {
        token.put("registry.auth.token." + key, value);

        assertRefused("auth.token." + key + ": \"" + value + "\" from config.yml: must be " + allowed);
    }

    @Test
    void passwordsNeedARealmAndAFile() {
        Map<String, String> htpasswd = new HashMap<>(
                Map.of("registry.auth.htpasswd.realm", "the shire", "registry.auth.htpasswd.path", bundle.toString()));
        assertThat(read(Map.of(), htpasswd)).isEqualTo(new Auth.Htpasswd("the shire", bundle));

        htpasswd.remove("registry.auth.htpasswd.realm");
        assertThatExceptionOfType(InvalidSettingException.class)
                .isThrownBy(() -> read(Map.of(), htpasswd))
                .withMessage("auth.htpasswd.realm: is missing");
    }

    @Test
    void twoProvidersOrAnUnknownOneAreRefused() {
        token.put("registry.auth.htpasswd.realm", "the shire");
        assertRefused("auth: names several providers: htpasswd, token");

        token.clear();
        token.put("registry.auth.ldap.url", "ldap://…");
        assertRefused("auth.ldap.url: \"ldap://…\" from config.yml: must be of a provider there is");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "{}", "null", "~"})
    void aProviderThatIsNamedAloneReplacesWhatIsBelowIt(String none) {
        assertThat(read(Map.of("registry.auth", none), token)).isEqualTo(new Auth.None());
        assertThat(read(
                        Map.of(
                                "registry.auth",
                                "silly",
                                "registry.auth.silly.realm",
                                "r",
                                "registry.auth.silly.service",
                                "s"),
                        token))
                .isEqualTo(new Auth.Silly("r", "s"));
    }

    @Test
    void whatIsAboveAProviderNamedAloneIsNotReplaced() {
        assertThat(read(token, Map.of("registry.auth", "none"))).isInstanceOf(Auth.Token.class);
    }
}
