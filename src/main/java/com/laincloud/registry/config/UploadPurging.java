package com.laincloud.registry.config;

import java.time.Duration;

/**
 * What happens to abandoned uploads.
 *
 * @param enabled whether they are ended at all
 * @param age how long an upload must have been untouched before it is ended
 * @param interval from one look for such uploads to the next
 * @param dryRun whether they are only named in the log
 */
public record UploadPurging(boolean enabled, Duration age, Duration interval, boolean dryRun) {

    static UploadPurging read(SettingReader reader) {
        String section = "storage.maintenance.uploadpurging.";
        return new UploadPurging(
                reader.bool(section + "enabled"),
                reader.interval(section + "age"),
                reader.interval(section + "interval"),
                reader.bool(section + "dryrun"));
    }
}
