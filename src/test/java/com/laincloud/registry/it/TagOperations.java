package com.laincloud.registry.it;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * What clients did to one tag, at once, and what they were answered. Whether the answers could be those of a registry that does
 * one after the other, each between its request and its answer, is decided by the search of Wing and Gong, with the memory that
 * Lowe gave it ("Testing for linearizability", 2017).
 */
final class TagOperations {

    /** The tag names nothing. */
    static final int NOTHING = 0;

    /** What an effect yields where the answer contradicts what the tag named. */
    private static final int CONTRADICTION = -1;

    private TagOperations() {}

    /**
     * An operation.
     *
     * @param effect what the tag names afterwards, by what it named before
     * @param end when it was answered; {@link Long#MAX_VALUE} if it was not, so that it may take effect at any time, or never
     */
    record Operation(String name, long begin, long end, IntUnaryOperator effect) {

        /** The tag was seen to name something. */
        static Operation read(int named, long begin, long end) {
            return new Operation("read " + named, begin, end, before -> before == named ? before : CONTRADICTION);
        }

        /** The tag was made to name something, whatever it named. */
        static Operation move(int named, long begin, long end) {
            return new Operation("move to " + named, begin, end, before -> named);
        }

        /** The tag was made to name something, if it named what was expected. */
        static Operation moveFrom(int expected, int named, long begin, long end) {
            return new Operation(
                    "move from " + expected + " to " + named,
                    begin,
                    end,
                    before -> before == expected ? named : CONTRADICTION);
        }

        /** What was asked for was refused, because the tag did not name what was expected. */
        static Operation refusal(int expected, long begin, long end) {
            return new Operation(
                    "refusal, for it is not " + expected,
                    begin,
                    end,
                    before -> before == expected ? CONTRADICTION : before);
        }

        /** The tag was deleted. */
        static Operation deletion(long begin, long end) {
            return new Operation("deletion", begin, end, before -> before == NOTHING ? CONTRADICTION : NOTHING);
        }

        boolean isAnswered() {
            return end != Long.MAX_VALUE;
        }
    }

    /** The begin or the end of an operation, in a list in the order of time. */
    private static final class Moment {

        final Operation operation;
        final int number;
        final boolean isBegin;
        Moment previous = this;
        Moment next = this;
        Moment end = this;

        Moment(Operation operation, int number, boolean isBegin) {
            this.operation = operation;
            this.number = number;
            this.isBegin = isBegin;
        }

        long time() {
            return isBegin ? operation.begin() : operation.end();
        }

        void lift() {
            previous.next = next;
            next.previous = previous;
        }

        void putBack() {
            previous.next = this;
            next.previous = this;
        }
    }

    private record Known(BitSet done, int named) {}

    private record Step(Moment moment, int before) {}

    /** Whether one order of the operations, which begins with a tag that names nothing, explains all answers. */
    static boolean haveAnOrder(List<Operation> operations) {
        Moment first = timeline(operations);
        BitSet done = new BitSet(operations.size());
        Set<Known> known = new HashSet<>();
        Deque<Step> steps = new ArrayDeque<>();
        int named = NOTHING;
        Moment moment = first.next;
        while (first.next != first) {
            if (moment != first && moment.isBegin) {
                int after = moment.operation.effect().applyAsInt(named);
                if (after != CONTRADICTION && known.add(new Known(with(done, moment.number), after))) {
                    steps.push(new Step(moment, named));
                    done.set(moment.number);
                    named = after;
                    moment.lift();
                    moment.end.lift();
                    moment = first.next;
                } else {
                    moment = moment.next;
                }
            } else if (moment != first && !moment.operation.isAnswered()) {
                return true; // all that was answered is done
            } else {
                if (steps.isEmpty()) {
                    return false;
                }
                Step last = steps.pop();
                named = last.before();
                done.clear(last.moment().number);
                last.moment().end.putBack();
                last.moment().putBack();
                moment = last.moment().next;
            }
        }
        return true;
    }

    private static BitSet with(BitSet done, int number) {
        BitSet all = (BitSet) done.clone();
        all.set(number);
        return all;
    }

    /** A ring of all moments behind one that is none. */
    private static Moment timeline(List<Operation> operations) {
        List<Moment> moments = new ArrayList<>();
        for (int number = 0; number < operations.size(); number++) {
            Moment begin = new Moment(operations.get(number), number, true);
            begin.end = new Moment(operations.get(number), number, false);
            moments.add(begin);
            moments.add(begin.end);
        }
        moments.sort(Comparator.comparingLong(Moment::time).thenComparing(moment -> !moment.isBegin));
        Moment first = new Moment(Operation.read(NOTHING, 0, 0), -1, false);
        Moment last = first;
        for (Moment moment : moments) {
            moment.previous = last;
            last.next = moment;
            last = moment;
        }
        last.next = first;
        first.previous = last;
        return first;
    }
}
