/**
 * A container-image registry: Docker Registry HTTP API V2 and the OCI distribution specification over bytes in a storage
 * driver and rows in PostgreSQL.
 *
 * <p>The map. An arrow points to what a package may use; {@code ArchitectureTest} holds them.
 *
 * <pre>
 * oci         values of the specifications             -> nothing
 * pem         keys and certificates as they are stored -> nothing
 * etcd        etcd, as far as the registry needs it    -> pem
 * file        files the registry writes for itself     -> nothing
 * request     what a request says, as values           -> oci
 * config      settings and where they come from        -> etcd, file
 * log         how an event becomes a line              -> config
 * storage     where bytes lie; a package a driver      -> oci, config, file
 * database    PostgreSQL: embedded, pool, migrations   -> config, file
 * lifecycle   start and end of the application         -> config, storage, database
 * health      whether storage and database are there   -> storage, database
 * index       rows: who shows which blob and manifest  -> oci, request, database, storage
 * jobs        work in the background                   -> config, database
 * origin      who may have what is not indexed         -> oci
 * adoption    an origin: a docker/distribution's tree  -> oci, config, origin, index, integrity, storage, database,
 *                                                           lifecycle, jobs
 * connector   the container's connections              -> config
 * http        what all endpoints share                 -> oci, request, config, connector, storage, database, lifecycle
 * audit       the record of what was done and denied   -> oci, request, config, database, index, storage, jobs
 * integrity   whether index and storage agree          -> oci, config, index, database, lifecycle, storage, jobs
 * collection  what nothing refers to goes              -> those, audit
 * migration   all blobs move to another storage        -> oci, config, index, integrity, database, storage, jobs
 * retention   tags that go by rules                    -> oci, config, index, audit, collection, database, storage, jobs
 * auth        who asks; a package a provider           -> oci, request, config, pem, lifecycle, http, audit
 * access      who may do what                          -> oci, request, config, http, audit, auth
 * admin       what administrators ask                  -> oci, request, config, http, audit
 * repository  names and catalog                        -> oci, request, config, http, database, index, audit
 * quota       how much repositories may hold           -> oci, config, index, jobs
 * blob        blobs and who shows them                 -> those of both, http, repository, database, audit, storage, origin,
 *                                                           integrity
 * upload      how bytes come in                        -> those, auth, access, blob, jobs
 * schema1     manifests for clients of before schema 2 -> those of upload, pem
 * manifest    manifests and tags                       -> those of blob, access, schema1
 * pull        the fast way of pulls, without JAX-RS    -> oci, http, auth, access, blob, manifest
 * launcher    starts and stops the server              -> config, etcd, file, log, database, and outside of the WAR
 * image       builds the container image               -> nothing, and at build time alone
 * </pre>
 *
 * <p>The flows, three hops each: a resource speaks HTTP, a plural noun holds the rules and the transaction, a driver or
 * the rows of the index do it.
 *
 * <pre>
 * blob push      POST, PATCH, PUT  upload.UploadsResource, UploadResource -> Uploads -> UploadSessions, Reception, Completion
 * manifest push  PUT               manifest.ManifestResource -> Manifests -> index.ManifestRows
 * blob pull      GET, HEAD         pull.PullFilter -> blob.BlobAnswers -> Blobs, BlobBytes
 * manifest pull  GET, HEAD         pull.PullFilter -> manifest.ManifestAnswers -> Manifests, index.ManifestRows
 * deletion       DELETE, a command manifest.RepositoryResource, DeleteCommand -> RepositoryDeletion -> Tags, Manifests
 * release        PUT, a command    manifest.ReleaseResource, ReleaseCommand -> Releases -> Tags, index.ManifestRows
 * referrers      GET               manifest.ReferrersResource -> Referrers -> index.ReferrerRows
 * tag history    GET               manifest.TagHistoryResource -> TagChanges -> audit.TagHistory
 * events         GET               admin.EventFeedResource -> audit.Outbox
 * upload purge   a job             jobs.JobSchedule -> JobRunner -> upload.UploadPurge -> index.UploadRows, StorageDriver
 * collection     a job, a command  collection.CollectionJob, CollectCommand -> Collector -> index.Review, StorageDriver
 * comparison     a job, a command  integrity.IntegrityJob, IntegrityCommand -> IntegrityCheck -> index.IntegrityRows
 * retention      a job, a command  retention.RetentionJob, RetentionCommand -> TagDeletion -> index.TagRetention
 * restoration    a command         collection.RestoreCommand -> Restoration -> index.DeletedRows, ManifestBatch
 * renaming       a command         repository.RenameCommand -> index.Renaming
 * sealing        a job             audit.Seals -> the function seal of the schema
 * migration      a command         migration.MigrateCommand -> StorageMigration -> Copying, index.MigrationRows
 * import         a job, a command  adoption.ImportJob, ImportCommand -> Import -> RepositoryImport, by repository
 * </pre>
 */
@NullMarked
package com.laincloud.registry;

import org.jspecify.annotations.NullMarked;
