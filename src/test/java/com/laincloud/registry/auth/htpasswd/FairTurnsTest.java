package com.laincloud.registry.auth.htpasswd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FairTurnsTest {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final FairTurns turns = new FairTurns(1, 4, 3);
    private final List<Future<Boolean>> answers = new ArrayList<>();
    private final List<String> served = new CopyOnWriteArrayList<>();
    private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        clients.shutdownNow();
    }

    /** Asks for a turn in a thread; returns when it waits or was refused. */
    private void ask(String address) {
        int before = turns.waiting();
        Future<Boolean> answer = clients.submit(() -> {
            boolean hasTurn = turns.begin(address, LONG);
            if (hasTurn) {
                served.add(address);
            }
            return hasTurn;
        });
        answers.add(answer);
        await().until(() -> turns.waiting() > before || turns.waiting() == 4 || answer.isDone());
    }

    private void endTurn() {
        int before = served.size();
        turns.end();
        await().until(() -> served.size() > before);
    }

    @Test
    void aTurnIsThereAtOnceWhereThereIsRoom() throws InterruptedException {
        assertThat(turns.begin("a", Duration.ZERO)).isTrue();
        assertThat(turns.begin("a", Duration.ZERO)).isFalse();
        turns.end();
        assertThat(turns.begin("b", Duration.ZERO)).isTrue();
    }

    @Test
    void addressesHaveTheirTurnsOneAfterTheOtherHoweverManyOneAsksFor() throws InterruptedException {
        assertThat(turns.begin("many", LONG)).isTrue();
        ask("many");
        ask("many");
        ask("many");
        ask("one");

        endTurn();
        endTurn();

        assertThat(served).containsExactly("many", "one");
    }

    @Test
    void anAddressThatHasManyWaitingIsRefusedAtOnce() throws Exception {
        assertThat(turns.begin("many", LONG)).isTrue();
        ask("many");
        ask("many");
        ask("many");

        assertThat(turns.begin("many", LONG)).isFalse();
    }

    @Test
    void whereTooManyWaitTheAddressWithMostOfThemGivesWay() throws Exception {
        assertThat(turns.begin("many", LONG)).isTrue();
        ask("many");
        ask("many");
        ask("many");
        ask("one");

        ask("another");
        await().until(() -> answers.get(2).isDone());

        assertThat(answers.get(2).get()).isFalse();
        assertThat(answers.get(4).isDone()).isFalse();
        endTurn();
        endTurn();
        endTurn();
        assertThat(served).containsExactly("many", "one", "another");
    }

    @Test
    void whoGaveUpGetsNoTurn() throws InterruptedException {
        assertThat(turns.begin("a", LONG)).isTrue();
        assertThat(turns.begin("b", Duration.ofMillis(1))).isFalse();
        turns.end();
        assertThat(turns.begin("c", Duration.ZERO)).isTrue();
    }
}
