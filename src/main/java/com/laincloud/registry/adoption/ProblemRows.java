package com.laincloud.registry.adoption;

import com.laincloud.registry.database.Rows;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** The record of what was left alone. */
final class ProblemRows {

    private ProblemRows() {}

    /** Records problems; one that is recorded already stays as it is. */
    static void add(Connection connection, List<Problem> problems) throws SQLException {
        if (problems.isEmpty()) {
            return;
        }
        Rows.update(
                connection,
                """
                insert into import_problem (path, problem, broken, repository, tag, digest, detail)
                select * from unnest(?::text[], ?::text[], ?::bool[], ?::text[], ?::text[], ?::text[], ?::text[])
                on conflict do nothing""",
                Rows.texts(connection, problems, Problem::path),
                Rows.texts(connection, problems, problem -> problem.kind().word()),
                Rows.truths(connection, problems, problem -> problem.kind().isBroken()),
                Rows.texts(connection, problems, Problem::repository),
                Rows.texts(connection, problems, Problem::tag),
                Rows.texts(connection, problems, Problem::digest),
                Rows.texts(connection, problems, Problem::detail));
    }
}
