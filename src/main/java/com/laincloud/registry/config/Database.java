package com.laincloud.registry.config;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the index lies.
 *
 * @param address of the database
 * @param directory where the registry's own keeps its data, if the address names no other
 * @param mostConnections that the pool keeps
 * @param poolWait how long a request waits for one of them
 * @param requiresStandby whether every commit has to wait for a standby
 */
public record Database(
        DatabaseAddress address, Path directory, int mostConnections, Duration poolWait, boolean requiresStandby) {}
