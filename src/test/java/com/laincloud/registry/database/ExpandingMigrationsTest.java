package com.laincloud.registry.database;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * While instances are upgraded one after the other, those of before serve on the new schema: a migration only adds. What it takes
 * away, renames or demands stands behind a comment {@code -- unused since VERSION}, which names the release that stopped using it.
 */
class ExpandingMigrationsTest {

    /** The last one of a time when all instances were upgraded at once. */
    private static final int LAST_OF_BEFORE = 28;

    private static final Path MIGRATIONS = Path.of("src/main/resources/db/migration");
    private static final Pattern NAME = Pattern.compile("V(\\d+)__.*\\.sql");
    private static final Pattern EXEMPTION = Pattern.compile("-- unused since \\d+\\.\\d+\\.\\d+.*");
    private static final Pattern COMMENT = Pattern.compile("--[^\n]*");
    private static final Pattern BODY = Pattern.compile("\\$(\\w*)\\$.*?\\$\\1\\$", Pattern.DOTALL);
    private static final Pattern CONTRACTION = Pattern.compile(
            "drop\\s+(table|schema|type|domain|column|materialized)\\b"
                    + "|\\balter\\s+(table|view|schema|type|function|index|sequence)\\b.*\\brename\\b"
                    + "|\\balter\\s+(column\\s+)?\\w+\\s+(set\\s+data\\s+)?type\\b"
                    + "|\\bset\\s+not\\s+null\\b"
                    + "|\\badd\\s+(column\\s+)?(?!constraint\\b)\\w+\\s(?=[^,;]*\\bnot\\s+null\\b)(?![^,;]*\\b(default|generated)\\b)",
            Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    private static final Pattern DROPPED =
            Pattern.compile("\\bdrop\\s+(view|function)\\s+(if\\s+exists\\s+)?([\\w.]+)", Pattern.CASE_INSENSITIVE);

    /** The statements that an instance of before may not bear. */
    private static List<String> contractions(String script) {
        return Stream.of(BODY.matcher(script).replaceAll("''").split(";"))
                .filter(statement -> !EXEMPTION.matcher(statement).find())
                .map(statement -> COMMENT.matcher(statement).replaceAll("").strip())
                .filter(statement -> CONTRACTION.matcher(statement).find() || isLost(statement, script))
                .toList();
    }

    /** Whether it drops what the script does not make anew. */
    private static boolean isLost(String statement, String script) {
        Matcher dropped = DROPPED.matcher(statement);
        return dropped.find()
                && !Pattern.compile(
                                "\\bcreate\\s+(or\\s+replace\\s+)?" + dropped.group(1) + "\\s+"
                                        + Pattern.quote(dropped.group(3)) + "\\b",
                                Pattern.CASE_INSENSITIVE)
                        .matcher(script)
                        .find();
    }

    @Test
    void noMigrationTakesAwayWhatTheReleaseBeforeUses() throws IOException {
        try (Stream<Path> scripts = Files.list(MIGRATIONS)) {
            for (Path script : scripts.filter(ExpandingMigrationsTest::isOfNow).toList()) {
                assertThat(contractions(Files.readString(script, UTF_8)))
                        .as("%s", script)
                        .isEmpty();
            }
        }
    }

    private static boolean isOfNow(Path script) {
        Matcher name = NAME.matcher(script.getFileName().toString());
        return name.matches() && Integer.parseInt(name.group(1)) > LAST_OF_BEFORE;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "drop table pull",
                "alter table blob drop column lost_at",
                "alter table tag rename to label",
                "alter table tag\n    rename column name to label",
                "alter table upload alter column writer type uuid using null",
                "alter table tag alter adopted set not null",
                "alter table tag add column kept boolean not null",
                "alter table tag add column a text, add kept boolean not null",
                "drop view audit.push; create view audit.pushes as select 1",
                "drop function add_tag(bigint, text, bigint)",
                "-- a comment; of two\ndrop table pull -- unused"
            })
    void whatContractsIsFound(String script) {
        assertThat(contractions("select 1;\n" + script + ";\nselect 2")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table kept (id bigint primary key, name text not null)",
                "alter table tag add column kept boolean not null default false, add column name text",
                "alter table tag add constraint kept check (name is not null) not valid",
                "alter table upload add column id bigint not null generated always as identity",
                "create function f() returns void language plpgsql as $$ begin drop table passing; end $$",
                "drop view audit.push;\ncreate view audit.push as select 1",
                "drop function f(text); create or replace function f(text, text) returns text",
                "-- unused since 0.2.0, which reads the other one\ndrop table pull",
                "drop index tag_of_before; drop trigger t on tag"
            })
    void whatOnlyAddsIsNot(String script) {
        assertThat(contractions(script)).isEmpty();
    }
}
