package com.laincloud.registry.adoption;

import com.laincloud.registry.adoption.Adoptions.Pass;
import com.laincloud.registry.database.DatabaseException;
import com.laincloud.registry.jobs.JobRun;
import com.laincloud.registry.oci.RepositoryName;
import com.laincloud.registry.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import javax.sql.DataSource;

/**
 * A pass over the tree: goes on with the one that was interrupted, or begins one. Several threads take one repository after
 * the other, the largest first. It is the work of the job {@value #JOB}, so that one process does it at a time.
 */
final class Import implements AutoCloseable {

    /** Of which job this is the work. */
    static final String JOB = "import";

    private final DistributionTree tree;
    private final JobRun run;
    private final int workers;
    private final Consumer<String> report;
    private final Duration pace;
    private final Transactions transactions;
    private final Adoptions adoptions;

    /**
     * @param run under which this is done, so that it ends when that is over
     * @param database where connections come from, which is no pool
     * @param report takes lines for people
     * @param pace how often they are told how far it has come
     */
    Import(
            JobRun run,
            DistributionTree tree,
            DataSource database,
            int workers,
            Consumer<String> report,
            Duration pace) {
        this.run = run;
        this.tree = tree;
        this.workers = workers;
        this.report = report;
        this.pace = pace;
        this.transactions = new Transactions(database, workers + 1, run::isOver);
        this.adoptions = new Adoptions(transactions);
    }

    private record Task(RepositoryName repository, long extent) {}

    /**
     * Runs the pass to its end.
     *
     * @param verifies whether to read and hash every byte
     * @throws DatabaseException if the database fails; it may be run again
     * @throws StorageException if the tree fails as a whole; it may be run again
     * @throws CancellationException if the run is over
     */
    Summary run(boolean verifies) {
        tree.requirePresent();
        Pass pass = adoptions.beginOrResume(verifies);
        work(pass);
        adoptions.finish(pass);
        return adoptions.summary(pass);
    }

    private void work(Pass pass) {
        List<Problem> problems = Collections.synchronizedList(new ArrayList<>());
        List<RepositoryName> names = tree.names(problems::add);
        adoptions.record(problems);
        problems.forEach(this::tell);
        Set<String> renamed = adoptions.renamed();
        renamed.retainAll(names.stream().map(RepositoryName::value).collect(Collectors.toSet()));
        if (!renamed.isEmpty()) {
            report.accept("left alone, because they were renamed since: " + String.join(", ", new TreeSet<>(renamed)));
        }
        Set<String> done = adoptions.done();
        done.addAll(renamed);
        List<RepositoryName> left =
                names.stream().filter(name -> !done.contains(name.value())).toList();
        List<Task> tasks = tree
                .reader()
                .each(left, name -> new Task(name, new RepositoryTree(tree, name, problem -> {}).extent()))
                .stream()
                .sorted(Comparator.comparingLong(Task::extent).reversed())
                .toList();
        Progress.Extent extent = new Progress.Extent(
                names.size(),
                names.size() - tasks.size(),
                tasks.stream().mapToLong(Task::extent).sum(),
                pass.verifies() ? size() : 0);
        report.accept((pass.isResumed() ? "going on with " + tasks.size() + " of " : "found ") + names.size()
                + " repositories, about " + extent.links() + " links");
        Tally tally = new Tally();
        Soundness soundness = new Soundness(tree.reader(), transactions, pass.verifies(), tally);
        try (Progress progress = new Progress(adoptions, pass, extent, tally, this::tellProgress, pace)) {
            progress.start();
            Queue<Task> queue = new ConcurrentLinkedQueue<>(tasks);
            inParallel(() -> {
                for (Task task = queue.poll(); task != null; task = queue.poll()) {
                    new RepositoryImport(tree, task.repository(), transactions, soundness, tally)
                            .all()
                            .forEach(this::tell);
                    progress.finishedRepository();
                }
            });
        }
    }

    private long size() {
        try {
            return tree.size();
        } catch (IOException e) {
            throw StorageException.failed("the tree cannot be read: " + e, e);
        }
    }

    private void tellProgress(String line) {
        run.tell(line);
        report.accept(line);
    }

    private void tell(Problem problem) {
        if (problem.kind().isBroken()) {
            report.accept(problem.line());
        }
    }

    /** Has all workers do the task. When one fails, the others are stopped, and its failure is thrown. */
    private void inParallel(Runnable task) {
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(
                workers, Thread.ofPlatform().daemon().name("import-", 1).factory())) {
            for (int worker = 0; worker < workers; worker++) {
                threads.execute(() -> {
                    try {
                        task.run();
                    } catch (RuntimeException | Error e) {
                        failures.add(e);
                        transactions.stop();
                    }
                });
            }
        }
        switch (failures.peek()) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        transactions.close();
    }
}
