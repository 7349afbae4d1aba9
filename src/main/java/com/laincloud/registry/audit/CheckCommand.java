package com.laincloud.registry.audit;

import com.laincloud.registry.config.Settings;
import com.laincloud.registry.config.Storage;
import com.laincloud.registry.database.CommandDatabase;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import javax.sql.DataSource;

/** {@code registry check --audit}: whether the record is as it was sealed, whether a registry runs beside it or not. */
public final class CheckCommand {

    private final Settings settings;
    private final Consumer<String> report;

    /** @param report takes lines for people */
    public CheckCommand(Settings settings, Consumer<String> report) {
        this.settings = settings;
        this.report = report;
    }

    /**
     * Checks the record.
     *
     * @param heads hashes that were kept elsewhere, which the chain must still contain, as those in the storage
     * @return whether nothing was changed since it was sealed
     * @throws RuntimeException if it cannot be found out, in one line
     */
    public boolean run(List<String> heads) {
        DataSource database = CommandDatabase.of(settings.database());
        try (Connection connection = database.getConnection()) {
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            connection.setReadOnly(true);
            connection.setAutoCommit(false);
            List<String> kept = new ArrayList<>(heads);
            kept.addAll(inStorage(database));
            boolean isWhole = new RecordCheck(connection, report).run(kept);
            report.accept(isWhole ? "nothing was changed since it was sealed" : "the record is not what was sealed");
            return isWhole;
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        }
    }

    private List<String> inStorage(DataSource database) {
        Storage configured = settings.storage();
        if (!configured.driver().outlivesRegistry()) {
            return List.of();
        }
        try (StorageDriver storage = ConfiguredStorage.open(configured)) {
            return new AuditHeads(database, storage).hashes();
        }
    }
}
