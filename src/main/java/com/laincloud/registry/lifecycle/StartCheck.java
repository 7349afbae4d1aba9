package com.laincloud.registry.lifecycle;

/** Something that must be true before the registry says that it is up. The container finds all there are. */
public interface StartCheck {

    /**
     * Lets the start go on.
     *
     * @throws RuntimeException with the fault in one line, if there is one
     */
    void check();
}
