package com.laincloud.registry.adoption;

import com.laincloud.registry.database.Rows;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.DigestAlgorithm;
import com.laincloud.registry.storage.TreeReader;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether files hold what their digests say. A file is read through if everything is to be verified, and then once a pass,
 * however many repositories show it; or else if its length is suspicious.
 */
final class Soundness {

    private static final int BUFFER = 256 << 10;
    private static final int STRIPES = 64;

    private final TreeReader tree;
    private final Transactions transactions;
    private final boolean verifies;
    private final Tally tally;
    private final Set<Digest> bad = ConcurrentHashMap.newKeySet();
    private final Object[] stripes = new Object[STRIPES];

    Soundness(TreeReader tree, Transactions transactions, boolean verifies, Tally tally) {
        this.tree = tree;
        this.transactions = transactions;
        this.verifies = verifies;
        this.tally = tally;
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new Object();
        }
    }

    /**
     * What is wrong with a file's bytes; empty if nothing is, or it is not asked for.
     *
     * @param expectedSize what a manifest says its length is, or {@link TreeManifest#UNKNOWN}
     */
    Optional<String> fault(BlobFile blob, long expectedSize) throws IOException {
        boolean isSuspicious = expectedSize != TreeManifest.UNKNOWN && expectedSize != blob.size();
        if (!verifies && !isSuspicious && blob.size() > 0) {
            return Optional.empty();
        }
        synchronized (stripes[Math.floorMod(blob.digest().hashCode(), STRIPES)]) { // one reader a file
            if (!bad.contains(blob.digest()) && !isVerified(blob.digest()) && !isWhatItSays(blob)) {
                bad.add(blob.digest());
            }
        }
        return bad.contains(blob.digest())
                ? Optional.of("its " + blob.size() + " bytes are not " + blob.digest())
                : Optional.empty();
    }

    private boolean isVerified(Digest digest) {
        return verifies
                && !transactions
                        .run(connection -> Rows.query(
                                connection,
                                "select 1 from verified_blob where digest = ?",
                                row -> row.getLong(1),
                                digest.toString()))
                        .isEmpty();
    }

    private boolean isWhatItSays(BlobFile blob) throws IOException {
        DigestAlgorithm algorithm = blob.digest().algorithm();
        MessageDigest hash = algorithm.newMessageDigest();
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = tree.open(blob.key().path())) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                hash.update(buffer, 0, n);
                tally.readBytes(n);
                transactions.requireRunning();
            }
        }
        if (!Digest.finish(algorithm, hash).equals(blob.digest())) {
            return false;
        }
        if (verifies) {
            transactions.run(connection -> Rows.update(
                    connection,
                    "insert into verified_blob (digest) values (?) on conflict do nothing",
                    blob.digest().toString()));
        }
        return true;
    }
}
