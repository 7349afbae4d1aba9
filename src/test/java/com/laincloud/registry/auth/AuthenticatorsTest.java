package com.laincloud.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.laincloud.registry.config.Auth;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorsTest {

    private final AtomicReference<Auth> configured = new AtomicReference<>(new Auth.None());
    private final Authenticators authenticators = new Authenticators(
            configured::get,
            auth -> auth instanceof Auth.Silly silly ? new SillyAuthenticator(silly) : new OpenAuthenticator());

    @Test
    void aChangeOfTheSettingsHoldsForTheNextRequestAndEqualSettingsChangeNothing() {
        assertThat(authenticators.current().authenticate(null, null)).isEqualTo(Caller.ANONYMOUS);

        configured.set(new Auth.Silly("http://realm", "service"));
        Authenticator silly = authenticators.current();
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> silly.authenticate(null, null));
        configured.set(new Auth.Silly("http://realm", "service"));
        assertThat(authenticators.current()).isSameAs(silly);

        configured.set(new Auth.Silly("http://another", "service"));
        assertThat(authenticators.current().challenge(List.of(), null, path -> path))
                .isEqualTo("Bearer realm=\"http://another\",service=\"service\"");
        configured.set(new Auth.None());
        assertThat(authenticators.current().authenticate(null, null).may(Scope.ADMINISTRATION))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Basic x", "Bearer x", "anything"})
    void sillyBelievesAnythingButNothing(String authorization) {
        SillyAuthenticator silly = new SillyAuthenticator(new Auth.Silly("http://realm", "service"));

        assertThat(silly.authenticate(authorization, null).name()).isEqualTo("silly");
        assertThatExceptionOfType(RefusedException.class).isThrownBy(() -> silly.authenticate(" ", null));
    }
}
