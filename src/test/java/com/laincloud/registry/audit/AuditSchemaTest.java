package com.laincloud.registry.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.laincloud.registry.database.TemporaryDatabase;
import com.laincloud.registry.storage.inmemory.InMemoryDriver;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The audit schema as an interface: its columns, their meanings, who may read them, and the questions it answers. */
@ExtendWith(TemporaryDatabase.Extension.class)
class AuditSchemaTest {

    /** For what reads many rows of a week, or adds up a repository. */
    private static final int MOST = 2_000;

    private static final Pattern QUESTION = Pattern.compile("(?ms)^## ([^\n]+)\n(.*?)```sql\n(.*?)```");
    private static final Pattern SCANNED = Pattern.compile("Seq Scan on (event_\\w+)[^\n]*actual rows=[1-9]");
    private static final Pattern BUFFERS = Pattern.compile("Buffers: shared(?: hit=(\\d+))?(?: read=(\\d+))?");

    private final TemporaryDatabase database;

    AuditSchemaTest(TemporaryDatabase database) {
        this.database = database;
    }

    private List<String> asAuditor(String sql) {
        return TemporaryDatabase.sql(database.auditor(), sql);
    }

    private static String resource(String name) throws IOException {
        try (InputStream file =
                Objects.requireNonNull(AuditSchemaTest.class.getResourceAsStream(name), "no resource " + name)) {
            return new String(file.readAllBytes(), UTF_8);
        }
    }

    @Test
    void everyColumnThatTheInterfaceHadIsThereWithItsType() throws IOException {
        List<String> columns = database.sql("""
                select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, null)
                from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                where c.relnamespace = 'audit'::regnamespace order by 1""");

        assertThat(columns)
                .as(
                        "what was added is to be added to the file; what is missing or has another type breaks the interface")
                .containsExactlyInAnyOrderElementsOf(
                        resource("columns.txt").lines().toList());
    }

    @Test
    void everyViewAndColumnSaysWhatItMeans() {
        assertThat(database.sql("""
                        select c.relname || coalesce('.' || a.attname, '')
                        from pg_class c
                        cross join lateral (select null as attname, 0 as attnum
                                            union all
                                            select attname, attnum from pg_attribute
                                            where attrelid = c.oid and attnum > 0) as a
                        where c.relnamespace = 'audit'::regnamespace and c.relkind = 'v'
                          and coalesce(case when a.attnum = 0 then obj_description(c.oid, 'pg_class')
                                            else col_description(c.oid, a.attnum) end, '') = ''""")).isEmpty();
    }

    @Test
    void theAuditorReadsEveryView() {
        for (String view : database.sql("select viewname from pg_views where schemaname = 'audit'")) {
            asAuditor("select * from " + view + " limit 1");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert into push (id) values (1)",
                "insert into registry.event (action) values ('a.b')",
                "select * from registry.tag",
                "select pg_read_file('/etc/passwd')",
                "insert into pull_daily (day) values (current_date)",
                "update tag set tag = 'x'",
                "delete from chain",
                "select * from registry.event",
                "select * from registry.client",
                "select registry.seal('event', null, 1)",
                "select registry.add_event_month('1999-01-01')",
                "create table audit.mine (x int)",
                "create temporary table mine (x int)",
                "select pg_advisory_lock(1)",
                "copy (select 1) to program 'true'"
            })
    void theAuditorDoesNothingElse(String statement) {
        assertThatThrownBy(() -> asAuditor(statement))
                .hasMessageMatching("(?s).*(permission denied|read-only transaction|cannot (insert|update|delete)).*");
    }

    @Test
    void theAuditorCannotSleepForLong() {
        assertThat(asAuditor("show statement_timeout")).containsExactly("5min");
        assertThat(asAuditor("show lock_timeout")).containsExactly("2s");
        assertThatThrownBy(() -> asAuditor("set statement_timeout = '200ms'; select pg_sleep(60)"))
                .hasMessageContaining("due to statement timeout");
    }

    @Test
    void everyQuestionOfTheCookbookIsAnsweredByAnIndexHoweverLongTheRecordIs() throws IOException {
        fill();
        Map<String, String> slow = new LinkedHashMap<>();
        List<String> unanswered = new ArrayList<>();
        int questions = 0;

        for (MatchResult question :
                QUESTION.matcher(resource("README.md")).results().toList()) {
            String name = question.group(1);
            String query = question.group(3);
            questions++;
            if (asAuditor(query).isEmpty()) {
                unanswered.add(name);
            }
            String plan = String.join("\n", asAuditor("explain (analyze, buffers, timing off) " + query));
            long buffers = BUFFERS.matcher(plan)
                    .results()
                    .findFirst()
                    .map(read -> number(read.group(1)) + number(read.group(2)))
                    .orElse(0L);
            System.out.printf("%6d buffers: %s%n", buffers, name);
            if (SCANNED.matcher(plan).find() || buffers > MOST) {
                slow.put(name, buffers + " buffers\n" + plan);
            }
        }

        assertThat(questions).isEqualTo(23);
        assertThat(unanswered).isEmpty();
        assertThat(slow).isEmpty();
    }

    private static long number(String digits) {
        return digits == null ? 0 : Long.parseLong(digits);
    }

    /** 125,000 events of 25 months, of which a tenth are moves of one tag; and what is there now. */
    private void fill() {
        database.sql(
                "select add_event_month(m::date) from generate_series(date '2024-12-01', date '2026-12-01', interval '1 month') m");
        database.sql(
                "insert into client (id, user_agent) select client_id('docker/' || n), 'docker/' || n from generate_series(0, 9) n");
        database.sql("""
                insert into event (occurred_at, action, repository, tag, digest, previous_digest, media_type, size, image_size,
                                   reused, actor, auth_method, client_address, client, request_id)
                select timestamptz '2024-12-01 00:00+00' + n * interval '524 seconds',
                       case when n % 40 = 7 then 'tag.delete' when n % 40 = 8 then 'manifest.delete'
                            when n % 40 = 9 then 'manifest.collect' else 'manifest.push' end,
                       case when n % 10 = 0 then 'team/app' else 'team/' || n % 211 end,
                       case when n % 40 in (8, 9) then null when n % 10 = 0 then 'latest' else 'v' || n / 3 end,
                       'sha256:' || encode(sha256((n / 4)::text::bytea), 'hex'),
                       case when n % 10 = 0 and n > 0 then 'sha256:' || encode(sha256(((n - 10) / 4)::text::bytea), 'hex') end,
                       'application/vnd.oci.image.manifest.v1+json', 1500, 100000000, 90000000,
                       case when n % 97 = 0 then 'ann' else 'user' || n % 1009 end, 'token',
                       ('10.' || n % 5 || '.0.' || n % 250)::inet, client_id('docker/' || n % 10), gen_random_uuid()
                from generate_series(0, 124999) n""");
        database.sql("""
                insert into event (occurred_at, action, repository, tag, digest, request_id)
                select '2026-06-10 10:30+00', a, 'team/app', case when a = 'tag.delete' then 'gone' end,
                       'sha256:6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b', gen_random_uuid()
                from unnest(array['manifest.push', 'tag.delete', 'manifest.delete']) as a""");
        database.sql(
                "insert into denial (scope, reason, detail, request_id) select 's', 'invalid token', 'd', 'r' from generate_series(1, 1000)");
        database.sql(
                "insert into config_change (key, new_value, source, live, accepted) select 'storage.delete.enabled', 'true', 'etcd', true, true from generate_series(1, 100)");
        new Seals(
                        database.owner(),
                        new InMemoryDriver(1 << 20, java.time.Clock.systemUTC()),
                        () -> false,
                        java.time.Clock.systemUTC())
                .run(new com.laincloud.registry.jobs.UnhurriedRun());
        database.sql("""
                insert into push_day (day, repository, pushes, image_bytes, new_image_bytes, uploads, uploaded_bytes)
                select date '2024-12-01' + d, 'more/' || r, 10, 1000, 100, 10, 100
                from generate_series(0, 729) d, generate_series(1, 100) r""");
        database.sql("""
                insert into pull (repository, digest, day, pulls, last_at)
                select 'team/app', 'sha256:' || encode(sha256(n::text::bytea), 'hex'), date '2026-11-01' - n % 700, 3, now()
                from generate_series(1, 50000) n""");
        database.sql("insert into repository (name) select 'team/' || n from generate_series(1, 500) n");
        database.sql("insert into repository (name) values ('team/app')");
        database.sql("""
                insert into blob (digest, size, storage_key)
                select 'sha256:' || encode(sha256(n::text::bytea), 'hex'), 1000, 'k' || n from generate_series(1, 20000) n""");
        database.sql("""
                insert into repository_blob (repository_id, blob_id)
                select r.id, b.id from repository r, blob b
                where (r.name = 'team/app' and b.id <= 500) or b.id % 500 = r.id % 500 or b.digest like 'sha256:d4735e3a%'""");
        database.sql("""
                insert into manifest (repository_id, digest, media_type, payload)
                select r.id, 'sha256:' || encode(sha256((r.id || ' ' || n)::bytea), 'hex'), 'x', 'y'
                from repository r, generate_series(1, 40) n""");
        database.sql("""
                insert into manifest_blob (manifest_id, repository_id, blob_id)
                select m.id, m.repository_id, l.blob_id from manifest m join repository_blob l using (repository_id)
                where m.id % 10 = l.blob_id % 10 and (l.blob_id <> 2 or m.id % 100 = 2)""");
        database.sql("""
                insert into tag (repository_id, name, manifest_id) select repository_id, 't' || id, id from manifest""");
        database.sql("""
                insert into deleted (repository_id, kind, digest, media_type, payload, restorable_until)
                select r.id, 'manifest', 'sha256:' || r.id || ' ' || n, 'x', 'y', now() + interval '1 day'
                from repository r, generate_series(1, 20) n""");
        database.sql("""
                insert into retention_decision (run, repository, tag, digest, rule, pattern, rank, members, reason)
                select gen_random_uuid(), 'team/' || n % 100, 'v' || n, 'd', 1, 'p', 2, 3, 'r' from generate_series(1, 5000) n""");
        database.sql(
                "insert into integrity (fault, thing, size) select 'lost-bytes', digest, size from blob where id between 11 and 15");
        database.sql("analyze");
    }
}
