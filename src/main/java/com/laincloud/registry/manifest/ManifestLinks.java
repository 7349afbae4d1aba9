package com.laincloud.registry.manifest;

import com.laincloud.registry.index.LinkRows;
import com.laincloud.registry.index.LinkRows.ImageSize;
import com.laincloud.registry.index.LinkRows.ReferredBlob;
import com.laincloud.registry.index.PushRows.PushedRows;
import com.laincloud.registry.oci.Descriptor;
import com.laincloud.registry.oci.Digest;
import com.laincloud.registry.oci.ErrorCode;
import com.laincloud.registry.oci.Manifest;
import com.laincloud.registry.oci.RegistryException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.transaction.Transactional;
import java.util.HashMap;
import java.util.HashSet;
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
    static final int MAX_NESTING = 8;

    private final LinkRows rows;
    private final ManifestRules rules;

    @Inject
    public ManifestLinks(LinkRows rows, ManifestRules rules) {
        this.rows = rows;
        this.rules = rules;
    }

    /**
     * Links a new manifest to its children. All that it refers to must be in the repository unless the settings say otherwise.
     *
     * @param added the manifest, with the links to its blobs
     * @return how much its image is
     * @throws RegistryException {@link ErrorCode#MANIFEST_BLOB_UNKNOWN} naming all that must be there and are not;
     *     {@link ErrorCode#MANIFEST_INVALID} if it says another size of one than it has, or if indexes are nested too
     *     deeply
     */
    @Transactional(Transactional.TxType.MANDATORY)
    ImageSize complete(PushedRows added, Manifest manifest) {
        link(added.repositoryId(), added.manifestId(), manifest, descriptor -> true, added.blobs());
        return manifest.children().isEmpty()
                ? ImageSize.of(added.blobs().values())
                : rows.imageSize(added.repositoryId(), added.manifestId(), true);
    }

    /**
     * Links a manifest that is put again to what it lacked when it came first.
     *
     * @return how much its image is
     * @throws RegistryException as {@link #complete}
     */
    @Transactional(Transactional.TxType.MANDATORY)
    ImageSize mend(long repositoryId, long manifestId, Manifest manifest) {
        Set<Digest> noted = rows.takeMissing(manifestId);
        if (!noted.isEmpty()) {
            Predicate<Descriptor> wanted = descriptor -> noted.contains(descriptor.digest());
            Set<Digest> blobs = digests(manifest.blobs().stream().filter(wanted).toList());
            link(repositoryId, manifestId, manifest, wanted, rows.addBlobs(repositoryId, manifestId, blobs));
        }
        return rows.imageSize(repositoryId, manifestId, false);
    }

    /** @param linked those of the wanted blobs that the manifest is linked to */
    private void link(
            long repositoryId,
            long manifestId,
            Manifest manifest,
            Predicate<Descriptor> wanted,
            Map<Digest, ReferredBlob> linked) {
        List<Descriptor> blobs = manifest.blobs().stream().filter(wanted).toList();
        List<Descriptor> children = manifest.children().stream().filter(wanted).toList();
        Map<Digest, Long> sizes = new HashMap<>();
        linked.forEach((digest, blob) -> sizes.put(digest, blob.size()));
        sizes.putAll(rows.addChildren(repositoryId, manifestId, digests(children)));
        if (rules.isHeld()) {
            requireThere(
                    Stream.concat(
                            manifest.requiredBlobs().stream().filter(wanted),
                            children.stream().filter(rules::isRequired)),
                    sizes);
            if (manifest.statesSizes()) {
                requireRightSizes(manifest, sizes);
            }
        }
        Set<Digest> missing =
                digests(Stream.concat(blobs.stream(), children.stream()).toList());
        missing.removeAll(sizes.keySet());
        rows.noteMissing(repositoryId, manifestId, missing);
        if (!children.isEmpty()) {
            requireShallow(manifestId);
        }
    }

    private static void requireThere(Stream<Descriptor> required, Map<Digest, Long> sizes) {
        List<String> missing = required.map(Descriptor::digest)
                .filter(digest -> !sizes.containsKey(digest))
                .map(Digest::toString)
                .distinct()
                .toList();
        if (!missing.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_BLOB_UNKNOWN, missing);
        }
    }

    /** A client that believes the size reads too little or too much; others refuse what they pulled. */
    private static void requireRightSizes(Manifest manifest, Map<Digest, Long> sizes) {
        List<String> wrong = manifest.descriptors().stream()
                .filter(descriptor -> sizes.getOrDefault(descriptor.digest(), descriptor.size()) != descriptor.size())
                .map(descriptor -> "%s has %d bytes, not %d"
                        .formatted(descriptor.digest(), sizes.get(descriptor.digest()), descriptor.size()))
                .distinct()
                .toList();
        if (!wrong.isEmpty()) {
            throw new RegistryException(ErrorCode.MANIFEST_INVALID, wrong);
        }
    }

    private void requireShallow(long manifestId) {
        if (rows.nesting(manifestId, MAX_NESTING) > MAX_NESTING) {
            throw new RegistryException(
                    ErrorCode.MANIFEST_INVALID, "indexes are nested more than " + MAX_NESTING + " deep");
        }
    }

    private static Set<Digest> digests(List<Descriptor> descriptors) {
        return descriptors.stream().map(Descriptor::digest).collect(Collectors.toCollection(HashSet::new));
    }
}
