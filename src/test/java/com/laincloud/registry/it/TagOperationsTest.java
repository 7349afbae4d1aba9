package com.laincloud.registry.it;

import static com.laincloud.registry.it.TagOperations.NOTHING;
import static com.laincloud.registry.it.TagOperations.haveAnOrder;
import static org.assertj.core.api.Assertions.assertThat;

import com.laincloud.registry.it.TagOperations.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TagOperationsTest {

    private static final int ROUNDS = 200;
    private static final int CLIENTS = 6;
    private static final int OPERATIONS = 300;

    @Test
    void whatIsDoneOneAfterTheOtherHasAnOrder() {
        assertThat(haveAnOrder(List.of(
                        Operation.read(NOTHING, 0, 1),
                        Operation.move(1, 2, 3),
                        Operation.moveFrom(1, 2, 4, 5),
                        Operation.refusal(1, 6, 7),
                        Operation.read(2, 8, 9),
                        Operation.deletion(10, 11),
                        Operation.read(NOTHING, 12, 13))))
                .isTrue();
    }

    @Test
    void twoAtOnceMayTakeEffectInEitherOrder() {
        assertThat(haveAnOrder(List.of(Operation.move(1, 0, 10), Operation.move(2, 0, 10), Operation.read(1, 11, 12))))
                .isTrue();
        assertThat(haveAnOrder(List.of(Operation.move(1, 0, 10), Operation.move(2, 0, 10), Operation.read(2, 11, 12))))
                .isTrue();
    }

    @Test
    void aReadOfWhatWasThereBeforeHasNoOrder() {
        assertThat(haveAnOrder(List.of(
                        Operation.move(1, 0, 1),
                        Operation.move(2, 2, 3),
                        Operation.read(2, 4, 5),
                        Operation.read(1, 6, 7))))
                .isFalse();
    }

    @Test
    void aMoveThatIsLostHasNoOrder() {
        assertThat(haveAnOrder(List.of(
                        Operation.move(1, 0, 1), Operation.moveFrom(1, 2, 2, 9), Operation.moveFrom(1, 3, 3, 10))))
                .isFalse();
    }

    @Test
    void whatWasNotAnsweredMayTakeEffectLaterOrNever() {
        Operation unanswered = Operation.move(2, 2, Long.MAX_VALUE);
        assertThat(haveAnOrder(
                        List.of(Operation.move(1, 0, 1), unanswered, Operation.read(1, 3, 4), Operation.read(2, 5, 6))))
                .isTrue();
        assertThat(haveAnOrder(List.of(Operation.move(1, 0, 1), unanswered, Operation.read(1, 3, 4))))
                .isTrue();
        assertThat(haveAnOrder(List.of(
                        Operation.move(1, 0, 1),
                        unanswered,
                        Operation.read(2, 3, 4),
                        Operation.read(1, 5, 6),
                        Operation.read(2, 7, 8))))
                .isFalse();
    }

    /** What clients of a register see that does one after the other. */
    private static List<Operation> seenBy(Random random) {
        List<Operation> operations = new ArrayList<>();
        int named = NOTHING;
        for (int i = 0; i < OPERATIONS; i++) {
            // each takes effect at 10 i, and lasts so long that it overlaps with those of the other clients
            long begin = 10L * i - random.nextInt(10 * CLIENTS);
            long end = 10L * i + 1 + random.nextInt(10 * CLIENTS);
            int value = 1 + random.nextInt(8);
            switch (random.nextInt(4)) {
                case 0 -> {
                    operations.add(Operation.move(value, begin, end));
                    named = value;
                }
                case 1 -> {
                    operations.add(
                            value == named
                                    ? Operation.moveFrom(value, 9, begin, end)
                                    : Operation.refusal(value, begin, end));
                    named = value == named ? 9 : named;
                }
                case 2 -> {
                    if (named != NOTHING) {
                        operations.add(Operation.deletion(begin, end));
                        named = NOTHING;
                    }
                }
                default -> operations.add(Operation.read(named, begin, end));
            }
        }
        return operations;
    }

    @Test
    void whatARegisterAnswersHasAnOrderAndWithAnAnswerOfAnotherHasNone() {
        Random random = new Random(1);
        for (int round = 0; round < ROUNDS; round++) {
            List<Operation> operations = seenBy(random);
            assertThat(haveAnOrder(operations)).as("round %d", round).isTrue();

            long middle = 5L * OPERATIONS;
            operations.add(Operation.read(10, middle, middle + 1));
            assertThat(haveAnOrder(operations)).as("round %d", round).isFalse();
        }
    }
}
