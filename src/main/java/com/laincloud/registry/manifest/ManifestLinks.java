package com.laincloud.registry.manifest;

import com.laincloud.registry.index.LinkRows;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What manifests refer to. Inserting a link locks what it points to against deletion until the transaction ends; from then
 * on the foreign key protects it. What is not there, where that is allowed, is noted by its digest, and protected by that
 * once it comes.
 */
@Singleton
public class ManifestLinks {

    /** How many indexes may stand above an image, one in the other. */
    private static final int MAX_NESTING = 8;

    private final LinkRows rows;
    private final ManifestRules rules;

    @Inject
    public ManifestLinks(LinkRows rows, ManifestRules rules) {
        this.rows = rows;
        this.rules = rules;
    }

    /**
     * Links a new manifest to its blobs and children, all of which must be in the repository unless the settings say
     * otherwise.
     *
     * @throws RegistryException {@link ErrorCode#MANIFEST_BLOB_UNKNOWN} naming all that must be there and are not;
     *     {@link ErrorCode#MANIFEST_INVALID} if indexes are nested too deeply
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void add(long repositoryId, long manifestId, Manifest manifest) {
        link(repositoryId, manifestId, manifest.requiredBlobs(), manifest.children());
    }

    /**
     * Links a manifest that is put again to what it lacked when it came first.
     *
     * @throws RegistryException as {@link #add}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    void mend(long repositoryId, long manifestId, Manifest manifest) {
        Set<Digest> noted = rows.takeMissing(manifestId);
        if (!noted.isEmpty()) {
            Predicate<Descriptor> wasMissing = descriptor -> noted.contains(descriptor.digest());
            link(
                    repositoryId,
                    manifestId,
                    manifest.requiredBlobs().stream().filter(wasMissing).toList(),
                    manifest.children().stream().filter(wasMissing).toList());
        }
    }

    private void link(long repositoryId, long manifestId, List<Descriptor> blobs, List<Descriptor> children) {
        List<Descriptor> missingBlobs = missing(blobs, rows.addBlobs(repositoryId, manifestId, digests(blobs)));
        List<Descriptor> missingChildren =
                missing(children, rows.addChildren(repositoryId, manifestId, digests(children)));
        List<String> required = Stream.concat(
                        missingBlobs.stream().filter(blob -> rules.isBlobRequired()),
                        missingChildren.stream().filter(rules::isRequired))
                .map(descriptor -> descriptor.digest().toString())
                .distinct()
                .toList();
        if (!required.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_BLOB_UNKNOWN, required);
        }
        rows.noteMissing(
                repositoryId,
                manifestId,
                digests(Stream.concat(missingBlobs.stream(), missingChildren.stream())
                        .toList()));
        if (!children.isEmpty()) {
            requireShallow(manifestId);
        }
    }

    /** Those of the descriptors whose digest was not linked. */
    private static List<Descriptor> missing(List<Descriptor> descriptors, Map<Digest, Long> linked) {
        return descriptors.stream()
                .filter(descriptor -> !linked.containsKey(descriptor.digest()))
                .toList();
    }

    private void requireShallow(long manifestId) {
        if (rows.nesting(manifestId, MAX_NESTING) > MAX_NESTING) {
            throw new RegistryException(
                    ErrorCode.MANIFEST_INVALID, "indexes are nested more than " + MAX_NESTING + " deep");
        }
    }

    private static Set<Digest> digests(List<Descriptor> descriptors) {
        return descriptors.stream().map(Descriptor::digest).collect(Collectors.toSet());
    }
}
