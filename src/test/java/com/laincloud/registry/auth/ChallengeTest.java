package com.laincloud.registry.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.audit.Denial.Reason;
import com.laincloud.registry.oci.RepositoryName;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChallengeTest {

    private static final String REALM = "http://console.lain.local/api/v1/authorize/registry/";
    private static final String START = "Bearer realm=\"" + REALM + "\",service=\"lain.local\"";
    private static final RepositoryName HELLO = RepositoryName.valueOf("hello");
    private static final Scope PULL = Scope.of(HELLO, Scope.PULL);
    private static final Scope PUSH = Scope.of(HELLO, Scope.PUSH);

    @Test
    void aChallengeIsToTheByteWhatDockerDistributionWrites() {
        assertThat(Challenge.bearer(REALM, "lain.local", List.of(), null)).isEqualTo(START);
        assertThat(Challenge.bearer(REALM, "lain.local", List.of(PULL), null))
                .isEqualTo(START + ",scope=\"repository:hello:pull\"");
        assertThat(Challenge.bearer(REALM, "lain.local", List.of(PULL, PUSH), Reason.INSUFFICIENT_SCOPE))
                .isEqualTo(START + ",scope=\"repository:hello:pull,push\",error=\"insufficient_scope\"");
        assertThat(Challenge.bearer(REALM, "lain.local", List.of(Scope.CATALOG), Reason.INVALID_TOKEN))
                .isEqualTo(START + ",scope=\"registry:catalog:*\",error=\"invalid_token\"");
        Scope prior = Scope.of(RepositoryName.valueOf("a/prior"), Scope.PULL);
        assertThat(Challenge.bearer(REALM, "lain.local", List.of(PULL, PUSH, prior), null))
                .isEqualTo(START + ",scope=\"repository:hello:pull,push repository:a/prior:pull\"");
        assertThat(Challenge.basic("LAIN \"Registry\" \\")).isEqualTo("Basic realm=\"LAIN \\\"Registry\\\" \\\\\"");
    }

    @Test
    void aScopeIsSpelledAndReadInOneWay() {
        assertThat(Scope.parse("repository:a/b:pull")).contains(Scope.of(RepositoryName.valueOf("a/b"), Scope.PULL));
        assertThat(Scope.parse("repository:host:5000/a:push")).contains(new Scope("repository", "host:5000/a", "push"));
        assertThat(Scope.parse("admin")).isEmpty();
        assertThat(Scope.parse("repository:a")).isEmpty();
        assertThat(PULL).hasToString("repository:hello:pull");
    }

    @Test
    void nothingButTheVeryActionGrantsItExceptThatDeletingHasTwoNames() {
        Scope delete = Scope.of(HELLO, Scope.ANYTHING);

        assertThat(delete.isAmong(Set.of(Scope.of(HELLO, Scope.DELETE)))).isTrue();
        assertThat(delete.isAmong(Set.of(delete))).isTrue();
        assertThat(delete.isAmong(Set.of(PULL, PUSH))).isFalse();
        assertThat(PULL.isAmong(Set.of(delete, PUSH))).isFalse();
        assertThat(Scope.CATALOG.isAmong(Set.of(new Scope("registry", "catalog", Scope.DELETE))))
                .isFalse();
        assertThat(Scope.ADMINISTRATION.isAmong(Set.of(Scope.CATALOG))).isFalse();
    }
}
