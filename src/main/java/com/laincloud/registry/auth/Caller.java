package com.laincloud.registry.auth;

import java.security.Principal;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, as far as their credentials prove it.
 *
 * @param principal somebody, whose name may be null: tokens may be about nobody in particular. Null if nobody was asked
 * @param method how they were authenticated; null if nobody was asked
 * @param permissions what they may do
 */
public record Caller(
        @Nullable Principal principal, @Nullable String method, Predicate<Scope> permissions) {

    /** The name of the request attribute that holds the caller, as soon as it is known. */
    public static final String ATTRIBUTE = Caller.class.getName();

    /** Anybody, where nobody is asked who they are. */
    public static final Caller ANYBODY = new Caller(null, null, scope -> true);

    /** Somebody who may do everything. */
    public static Caller trusted(String name, String method) {
        return new Caller(new Named(name), method, scope -> true);
    }

    public @Nullable String name() {
        return principal == null ? null : principal.getName();
    }

    public boolean may(Scope scope) {
        return permissions.test(scope);
    }

    private record Named(String name) implements Principal {

        @Override
        public String getName() {
            return name;
        }
    }
}
