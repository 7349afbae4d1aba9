package com.laincloud.registry.auth;

import java.security.Principal;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, as far as their credentials prove it.
 *
 * @param principal whom they prove. Its name may be null: a token need not name its subject. Null without authentication
 * @param method how the caller was authenticated; null without authentication
 * @param permissions what they may do
 */
public record Caller(
        @Nullable Principal principal, @Nullable String method, Predicate<Scope> permissions) {

    /** The name of the request attribute that holds the caller, as soon as it is known. */
    public static final String ATTRIBUTE = Caller.class.getName();

    /** Every caller of a registry that asks for no credentials. It may do everything. */
    public static final Caller ANONYMOUS = new Caller(null, null, scope -> true);

    /** A caller that may do everything. */
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
