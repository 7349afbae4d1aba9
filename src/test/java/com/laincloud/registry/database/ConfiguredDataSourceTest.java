package com.laincloud.registry.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ConfiguredDataSourceTest {

    private static PGSimpleDataSource of(String url) throws SQLException {
        return ConfiguredDataSource.of(url, null, null).unwrap(PGSimpleDataSource.class);
    }

    @Test
    void statementsThatAreUsedAgainAreKeptPreparedAndOneSchemaIsLookedIn() throws SQLException {
        PGSimpleDataSource source = of("jdbc:postgresql://db/registry");

        assertThat(source.getPrepareThreshold()).isEqualTo(3);
        assertThat(source.getCurrentSchema()).isEqualTo("registry");
        assertThat(source.getServerNames()).containsExactly("db");
    }

    @Test
    void whatTheAddressSaysComesBeforeWhatTheRegistryPrefers() throws SQLException {
        PGSimpleDataSource source = of(
                "jdbc:postgresql://a,b/registry?prepareThreshold=0&socketTimeout=7&connectTimeout=2&targetServerType=primary");

        assertThat(source.getPrepareThreshold()).isZero();
        assertThat(source.getSocketTimeout()).isEqualTo(7);
        assertThat(source.getConnectTimeout()).isEqualTo(2);
        assertThat(source.getTargetServerType()).isEqualTo("primary");
        assertThat(source.getTcpKeepAlive()).isTrue();
    }
}
