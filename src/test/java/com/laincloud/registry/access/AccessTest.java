package com.laincloud.registry.access;

import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.auth.Caller;
import com.laincloud.registry.auth.Scope;
import com.laincloud.registry.config.Redirects;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.config.UploadPurging;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.oci.Tag;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AccessTest {

    private static final RepositoryName DEBIAN = new RepositoryName("library/debian");

    private static Access access(boolean deleteEnabled, boolean readOnly) {
        UploadPurging purging = new UploadPurging(true, Duration.ofDays(7), Duration.ofDays(1), false);
        return new Access(() -> new Storage(
                Storage.Driver.INMEMORY,
                Path.of("/"),
                Optional.empty(),
                new Redirects(false, List.of()),
                0,
                Duration.ZERO,
                deleteEnabled,
                readOnly,
                purging));
    }

    private static Caller who(String... granted) {
        Set<Scope> scopes = java.util.Arrays.stream(granted)
                .map(text -> Scope.parse(text).orElseThrow())
                .collect(java.util.stream.Collectors.toSet());
        return new Caller(null, null, scope -> scope.isAmong(scopes));
    }

    private static Decision decide(Access access, Caller caller, Action action) {
        boolean isOnRepository = EnumSet.of(Action.PULL, Action.PUSH, Action.FOLLOW, Action.DELETE)
                .contains(action);
        return access.decide(caller, action, isOnRepository ? DEBIAN : null, isOnRepository ? new Tag("12") : null);
    }

    @Test
    void aCallerMayDoWhatTheirScopesSayAndIsToldWhatTheyLack() {
        Access access = access(true, false);
        Caller puller = who("repository:library/debian:pull");

        assertThat(decide(access, puller, Action.PULL)).isInstanceOf(Decision.Allowed.class);
        assertThat(decide(access, puller, Action.PUSH)).isEqualTo(new Decision.Lacking(Action.PUSH.scopes(DEBIAN)));
        assertThat(decide(access, puller, Action.DELETE)).isInstanceOf(Decision.Lacking.class);
        assertThat(decide(access, puller, Action.LIST)).isInstanceOf(Decision.Lacking.class);
        assertThat(decide(access, puller, Action.ADMINISTER)).isInstanceOf(Decision.Lacking.class);
        assertThat(decide(access, who(), Action.ENTER)).isInstanceOf(Decision.Allowed.class);
        assertThat(decide(access, who("repository:library/debian:push"), Action.PUSH))
                .as("pushing needs pulling as well")
                .isInstanceOf(Decision.Lacking.class);
        assertThat(decide(access, who("repository:library/debian:delete"), Action.DELETE))
                .isInstanceOf(Decision.Allowed.class);
        assertThat(decide(access, who("repository:library/other:pull"), Action.PULL))
                .isInstanceOf(Decision.Lacking.class);
    }

    @Test
    void whileTheRegistryIsReadOnlyEverythingIsReadAndNothingChanged() {
        Access access = access(true, true);
        for (Action action : Action.values()) {
            assertThat(decide(access, Caller.ANONYMOUS, action))
                    .as(action.name())
                    .isInstanceOf(
                            action == Action.PUSH || action == Action.DELETE
                                    ? Decision.Closed.class
                                    : Decision.Allowed.class);
        }
    }

    @Test
    void whereDeletingIsOffItIsRefusedToThoseWhoMayAndOthersAreToldThatTheyMayNot() {
        Access access = access(false, false);

        assertThat(decide(access, Caller.ANONYMOUS, Action.DELETE))
                .isEqualTo(new Decision.Closed("storage.delete.enabled is off"));
        assertThat(decide(access, who("repository:library/debian:pull"), Action.DELETE))
                .isInstanceOf(Decision.Lacking.class);
        assertThat(decide(access, Caller.ANONYMOUS, Action.PUSH)).isInstanceOf(Decision.Allowed.class);
    }
}
