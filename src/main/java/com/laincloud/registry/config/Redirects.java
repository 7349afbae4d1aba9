package com.laincloud.registry.config;

import java.util.List;

/**
 * Whether clients fetch blobs from the store itself, where it can be asked by its address alone.
 *
 * @param exceptFrom networks whose clients are sent the bytes from here
 */
public record Redirects(boolean enabled, List<Network> exceptFrom) {

    static Redirects read(SettingReader reader) {
        return new Redirects(!reader.bool("storage.redirect.disable"), reader.networks("storage.redirect.exceptfrom"));
    }
}
