/**
 * A container-image registry: Docker Registry HTTP API V2 and the OCI distribution specification over bytes in a storage
 * driver and rows in PostgreSQL.
 *
 * <p>The map. An arrow points to what a package may use; {@code ArchitectureTest} holds them.
 *
 * <pre>
 * oci         values of the specifications             -> nothing
 * config      settings and where they come from        -> nothing
 * storage     where bytes lie; a package a driver      -> oci
 * database    PostgreSQL: embedded, pool, migrations   -> config
 * http        what all endpoints share                 -> oci, config, storage, database (to name their failures)
 * audit       the record of what was done              -> oci, http
 * repository  names and catalog                        -> oci, http, database
 * blob        blobs and who shows them                 -> those, config, audit, storage
 * upload      how bytes come in                        -> those, blob
 * manifest    manifests and tags                       -> those of blob
 * launcher    starts and stops the server              -> config, and outside of the WAR
 * </pre>
 *
 * <p>The flows, three hops each: a resource speaks HTTP, a plural noun holds the rules and the transaction, a driver or
 * the entity manager does it.
 *
 * <pre>
 * blob push      POST, PATCH, PUT  upload.UploadsResource, UploadResource -> Uploads -> StorageDriver, UploadSessions
 * manifest push  PUT               manifest.ManifestResource -> Manifests -> EntityManager
 * blob pull      GET, HEAD         blob.BlobResource -> Blobs -> StorageDriver
 * manifest pull  GET, HEAD         manifest.ManifestResource -> Manifests -> one query
 * referrers      GET               manifest.ReferrersResource -> Referrers -> one query
 * upload purge   on a timer        upload.UploadPurgeTimer -> UploadPurge -> ExpiredSessions, StorageDriver
 * </pre>
 */
@NullMarked
package com.laincloud.registry;

import org.jspecify.annotations.NullMarked;
