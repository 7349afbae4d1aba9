package com.laincloud.registry.database;

import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityTransaction;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceProvider;

/**
 * What the container gives to classes of the application, for a command in a process of its own: an entity manager, connections
 * that join its transaction, and the transaction. All of it is one connection, for one thread.
 */
public final class CommandSession implements AutoCloseable {

    private static final ClassLoader CLASSES = CommandSession.class.getClassLoader();
    private static final Logger HIBERNATE = Logger.getLogger("org.hibernate");

    private final Connection connection;
    private final DataSource joining;
    private final EntityManagerFactory factory;
    private final EntityManager entities;

    /** @throws DatabaseException if the database does not answer */
    public CommandSession(DataSource database) {
        HIBERNATE.setLevel(Level.OFF); // a command tells of a failure in one line
        try {
            this.connection = database.getConnection();
        } catch (SQLException e) {
            throw new DatabaseException("the database did not answer: " + e.getMessage(), e);
        }
        this.joining = always(connection);
        this.factory = new HibernatePersistenceProvider()
                .createEntityManagerFactory(
                        "registry",
                        Map.of(
                                AvailableSettings.CLASSLOADERS,
                                List.of(CLASSES),
                                AvailableSettings.JAKARTA_TRANSACTION_TYPE,
                                "RESOURCE_LOCAL",
                                AvailableSettings.JAKARTA_NON_JTA_DATASOURCE,
                                joining,
                                AvailableSettings.JTA_PLATFORM,
                                ""));
        this.entities = factory.createEntityManager();
    }

    /** The connection as a source of connections, of which none can be closed. */
    private static DataSource always(Connection connection) {
        Connection open = (Connection) Proxy.newProxyInstance(
                CLASSES, new Class<?>[] {Connection.class}, (proxy, method, arguments) -> {
                    try {
                        return method.getName().equals("close") ? null : method.invoke(connection, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
        return (DataSource)
                Proxy.newProxyInstance(CLASSES, new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> open);
    }

    public EntityManager entities() {
        return entities;
    }

    /** Connections that join the transaction, where there is one. */
    public DataSource database() {
        return joining;
    }

    /** Transactions of the entity manager. */
    public Transaction transaction() {
        return new Transaction(new TransactionAttempt() {

            @Override
            public <T> T get(Supplier<T> work) {
                return attempt(work);
            }
        });
    }

    private <T> T attempt(Supplier<T> work) {
        EntityTransaction transaction = entities.getTransaction();
        transaction.begin();
        try {
            T result = work.get();
            transaction.commit();
            return result;
        } finally {
            if (transaction.isActive()) {
                transaction.rollback();
            }
            entities.clear();
        }
    }

    @Override
    public void close() {
        entities.close();
        factory.close();
        try {
            connection.close();
        } catch (SQLException e) {
            // it goes with the process
        }
    }
}
