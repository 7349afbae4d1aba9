package com.laincloud.registry.access;

import com.laincloud.registry.auth.Scope;
import java.util.SequencedSet;

/** What {@link Access} says. */
public sealed interface Decision {

    /** It may be done. */
    record Allowed() implements Decision {}

    /** The caller may not: what they lack is among these scopes. */
    record Lacking(SequencedSet<Scope> needed) implements Decision {}

    /** It may not be done by any caller, for now. */
    record Closed(String reason) implements Decision {}
}
