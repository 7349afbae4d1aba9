package com.laincloud.registry.database;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;

/**
 * The pool of {@link ConfiguredDataSource}. An annotation fixes its size, and Payara takes no variable there; so the settings take
 * effect in Payara's own classes, which only its runtime has, hence the reflection.
 */
public final class ContainerPool {

    private static final Logger LOGGER = Logger.getLogger(ContainerPool.class.getName());
    private static final int KEPT_AT_LEAST = 2;

    private ContainerPool() {}

    /**
     * Limits the pool. If this is not the Payara that it was made for, a line says so.
     *
     * @param most how many connections it keeps
     * @param wait how long is waited for one of them
     * @throws DatabaseException if the database does not answer
     */
    public static void limit(DataSource database, int most, Duration wait) {
        try (Connection connection = database.getConnection()) {
            connection.getAutoCommit(); // there is no pool before its first connection
            for (Map.Entry<?, ?> pool : pools().entrySet()) {
                if (pool.getKey().toString().contains("registryDS")) {
                    limit(pool.getValue(), most, wait);
                    return;
                }
            }
            LOGGER.warning("database.pool: has no effect in this Payara Micro, which shows no pool");
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        } catch (ReflectiveOperationException | RuntimeException e) {
            LOGGER.log(Level.WARNING, "database.pool: has no effect in this Payara Micro", e);
        }
    }

    private static Map<?, ?> pools() throws ReflectiveOperationException {
        Object runtime = Class.forName("com.sun.enterprise.connectors.ConnectorRuntime")
                .getMethod("getRuntime")
                .invoke(null);
        Object manager = runtime.getClass().getMethod("getPoolManager").invoke(runtime);
        return (Map<?, ?>) field(manager, "poolTable").get(manager);
    }

    private static void limit(Object pool, int most, Duration wait) throws ReflectiveOperationException {
        set(pool, "setSteadyPoolSize", Math.min(KEPT_AT_LEAST, most));
        set(pool, "setMaxPoolSize", most);
        set(field(pool, "ds").get(pool), "setMaxSize", most);
        field(pool, "maxWaitTime").setInt(pool, (int) Math.min(wait.toMillis(), Integer.MAX_VALUE));
    }

    private static void set(Object target, String name, int value) throws ReflectiveOperationException {
        Method setter = target.getClass().getMethod(name, int.class);
        setter.setAccessible(true);
        setter.invoke(target, value);
    }

    private static Field field(Object target, String name) throws ReflectiveOperationException {
        for (Class<?> type = target.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new NoSuchFieldException(name);
    }
}
