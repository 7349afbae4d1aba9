package com.laincloud.registry.config;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;

/**
 * Moments as cron has them, in UTC. There is always a next one.
 *
 * @param fields minute, hour, day of the month, month and day of the week
 */
public record Schedule(String fields) {

    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));

    /** @throws IllegalArgumentException if the fields are none of cron's, or their moments never come */
    public Schedule {
        if (find(fields, Instant.now()).isEmpty()) {
            throw new IllegalArgumentException(fields + " never comes");
        }
    }

    private static Optional<ZonedDateTime> find(String fields, Instant previous) {
        return ExecutionTime.forCron(PARSER.parse(fields)).nextExecution(previous.atZone(ZoneOffset.UTC));
    }

    /** The first moment after another. */
    public Instant next(Instant previous) {
        return find(fields, previous).orElseThrow().toInstant();
    }

    /** Whether it has this moment. */
    public boolean has(Instant moment) {
        return next(moment.minusNanos(1)).equals(moment);
    }
}
