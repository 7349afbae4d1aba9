package com.laincloud.registry.index;

import com.laincloud.registry.database.Lookup;
import com.laincloud.registry.database.Rows;
import com.laincloud.registry.database.SharedLookup;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Look-ups for those who rely on it that what they find stays, though nothing refers to it: they are told that it is there, and
 * so do not push it. A thing whose window is old gets a new one; that is the only time that anything is written.
 */
final class PromisingLookup<T> {

    private final SharedLookup<Found<T>> lookup;
    private final Lookup<Boolean> promise;

    /**
     * A thing that was found.
     *
     * @param key what the promise is asked for by
     * @param age since when its window is open, in seconds; null if something refers to it
     */
    record Found<T>(T thing, List<Long> key, @Nullable Double age) {}

    /**
     * @param sql as of a {@link SharedLookup}
     * @param promise a query that takes the key and a number of seconds, and says whether the thing stays for so long
     */
    PromisingLookup(DataSource database, String sql, Rows.Read<Found<T>> row, String promise) {
        this.lookup = new SharedLookup<>(database, sql, row);
        this.promise = new Lookup<>(database, promise, result -> result.getBoolean(1));
    }

    /** The thing of this name in the repository, if there is one that stays for at least {@code time}. */
    Optional<T> find(String repository, String name, Duration time) {
        double seconds = time.toMillis() / 1000.0;
        return lookup.find(repository, name)
                .filter(found -> found.age() == null || found.age() < seconds || isPromised(found.key(), seconds))
                .map(Found::thing);
    }

    private boolean isPromised(List<Long> key, double seconds) {
        Object[] parameters = Stream.concat(key.stream(), Stream.of(seconds)).toArray();
        return promise.first(parameters).orElse(false);
    }
}
