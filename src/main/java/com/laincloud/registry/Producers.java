package com.laincloud.registry;

import com.laincloud.registry.auth.Authenticators;
import com.laincloud.registry.auth.OpenAuthenticator;
import com.laincloud.registry.auth.SillyAuthenticator;
import com.laincloud.registry.auth.htpasswd.HtpasswdAuthenticator;
import com.laincloud.registry.auth.token.TokenAuthenticator;
import com.laincloud.registry.config.Auth;
import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.storage.StorageDriver;
import com.laincloud.registry.storage.TreeReader;
import com.laincloud.registry.storage.configured.ConfiguredStorage;
import jakarta.annotation.Priority;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedScheduledExecutorService;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.inject.Alternative;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import java.time.Clock;
import javax.sql.DataSource;

/** The composition root: what the container cannot find by itself. */
@Singleton
@Priority(Interceptor.Priority.APPLICATION)
@SuppressWarnings("UnusedVariable") // the container reads the fields
public class Producers {

    // goes before the one that containers of Jakarta EE 11 offer by themselves; CDI 4.0 takes the class's priority
    @Produces
    @Alternative
    @PersistenceContext(unitName = "registry")
    private EntityManager entities;

    @Produces
    @Resource(lookup = "java:app/registryDS")
    private DataSource database;

    @Produces
    @Resource(lookup = "java:comp/DefaultManagedScheduledExecutorService")
    private ManagedScheduledExecutorService scheduler;

    @Produces
    @Resource
    private ManagedThreadFactory threads;

    @Produces
    @Singleton
    Authenticators authenticators(CurrentSettings settings) {
        return new Authenticators(() -> settings.get().auth(), configured -> switch (configured) {
            case Auth.None none -> new OpenAuthenticator();
            case Auth.Silly silly -> new SillyAuthenticator(silly);
            case Auth.Token token -> new TokenAuthenticator(token, Clock.systemUTC());
            case Auth.Htpasswd htpasswd -> new HtpasswdAuthenticator(htpasswd, Clock.systemUTC());
        });
    }

    @Produces
    @Singleton
    StorageDriver storage(CurrentSettings settings) {
        return ConfiguredStorage.open(settings.get().storage());
    }

    @Produces
    @Singleton
    TreeReader tree(CurrentSettings settings) {
        return ConfiguredStorage.openTree(settings.get().storage());
    }

    void close(@Disposes TreeReader tree) {
        tree.close();
    }
}
