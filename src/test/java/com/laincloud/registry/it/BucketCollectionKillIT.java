package com.laincloud.registry.it;

import com.laincloud.registry.storage.s3.VersityGateway;
import java.util.Map;

/** Collections of objects of a bucket that are killed. */
@Alone
class BucketCollectionKillIT extends CollectionKillContract {

    @Override
    Map<String, String> storage() {
        VersityGateway store = VersityGateway.ofTheRun();
        return store.environment(store.bucket());
    }
}
