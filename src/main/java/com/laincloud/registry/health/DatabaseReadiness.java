package com.laincloud.registry.health;

import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.database.Lookup;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import javax.sql.DataSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** The database answers a query. The container makes health checks before there is a data source, hence the instance. */
@Readiness
@Singleton
public class DatabaseReadiness implements HealthCheck {

    private final Instance<DataSource> database;

    @Inject
    public DatabaseReadiness(Instance<DataSource> database) {
        this.database = database;
    }

    @Override
    public HealthCheckResponse call() {
        try {
            new Lookup<>(database.get(), "select true", row -> row.getBoolean(1)).first();
            return HealthCheckResponse.up("database");
        } catch (DatabaseException e) {
            return HealthCheckResponse.down("database");
        }
    }
}
