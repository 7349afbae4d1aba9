package com.laincloud.registry.it;

import com.laincloud.registry.collection.Collector;
import com.laincloud.registry.collection.Windows;
import com.laincloud.registry.config.ProcessSettingValues;
import com.laincloud.registry.config.Settings;
import com.laincloud.registry.database.ConfiguredDataSource;
import com.laincloud.registry.it.CollectionKillContract.KillPoint;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.StorageKey;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/**
 * A process that collects all it can and is to be killed: it says so before it begins, and when it has come to the point at which
 * it stops.
 */
final class StoppingCollection implements JobRun {

    private static final Windows NONE =
            new Windows(Optional.of(Duration.ZERO), Duration.ZERO, Duration.ZERO, Duration.ZERO);

    private final KillPoint point;
    private final StorageDriver storage;

    private StoppingCollection(KillPoint point, StorageDriver storage) {
        this.point = point;
        this.storage = storage;
    }

    public static void main(String[] words) {
        Settings settings = Settings.read(new ProcessSettingValues());
        try (StorageDriver storage = ConfiguredStorage.open(settings.storage())) {
            StoppingCollection run = new StoppingCollection(KillPoint.valueOf(words[0]), storage);
            System.out.println("begins");
            new Collector(database(), run.stoppingStorage(), NONE, false, run).run();
        }
    }

    private static DataSource database() {
        Map<String, String> environment = System.getenv();
        return ConfiguredDataSource.of(
                environment.getOrDefault("REGISTRY_DATABASE_URL", ""),
                environment.getOrDefault("REGISTRY_DATABASE_USERNAME", ""),
                environment.getOrDefault("REGISTRY_DATABASE_PASSWORD", ""));
    }

    private StorageDriver stoppingStorage() {
        return (StorageDriver) Proxy.newProxyInstance(
                StorageDriver.class.getClassLoader(),
                new Class<?>[] {StorageDriver.class},
                (proxy, method, arguments) ->
                        method.getName().equals("delete") ? delete(keys(arguments)) : passOn(method, arguments));
    }

    private Object passOn(Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(storage, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static List<StorageKey> keys(Object[] arguments) {
        return ((Collection<?>) arguments[0])
                .stream().map(StorageKey.class::cast).toList();
    }

    private Set<StorageKey> delete(List<StorageKey> keys) {
        if (point == KillPoint.HALF_OF_THE_BYTES_IS_GONE && keys.size() > 1) {
            storage.delete(keys.subList(0, keys.size() / 2));
            stop();
        }
        Set<StorageKey> staying = storage.delete(keys);
        if (point == KillPoint.THE_BYTES_ARE_GONE && !keys.isEmpty()) {
            stop();
        }
        return staying;
    }

    private void stop() {
        System.out.println(point);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isOver() {
        return false;
    }

    /** Called when a batch is committed: what has the last number is what the batch removed. */
    @Override
    public void tell(String progress) {
        boolean isThere = switch (point) {
            case MANIFESTS_ARE_GONE -> progress.matches("[1-9]\\d* manifests, .*");
            case LINKS_ARE_GONE -> progress.matches(".* [1-9]\\d* links to blobs, .*");
            case BLOB_ROWS_ARE_GONE -> progress.matches(".* [1-9]\\d* blobs of .*");
            default -> false;
        };
        if (isThere) {
            stop();
        }
    }
}
