package io.saryu.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.optim.LossWatch.State;
import io.saryu.optim.LossWatch.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LossWatchTest {
    private static final int TARGETS = 32;

    private final Random random = new Random(7);

    private static Verdict judge(LossWatch watch, double loss, boolean skipped) {
        return watch.judge(loss * TARGETS, TARGETS, skipped, false);
    }

    /** A watch that has seen 400 losses around 3, and those losses. */
    private LossWatch seasoned(double zscore, boolean skipJumps, List<Double> losses) {
        LossWatch watch = new LossWatch(zscore, skipJumps);
        for (int i = 0; i < 400; i++) {
            double loss = 3 + 0.1 * random.nextGaussian();
            losses.add(loss);
            assertEquals(Verdict.GOOD, judge(watch, loss, false));
        }
        return watch;
    }

    private LossWatch seasoned(double zscore, boolean skipJumps) {
        return seasoned(zscore, skipJumps, new ArrayList<>());
    }

    @Test
    void meanAndVarianceAreThoseOfTheWeightedLosses() {
        List<Double> losses = new ArrayList<>();
        LossWatch watch = seasoned(6, true, losses);
        double weights = 0;
        double mean = 0;
        for (int i = 0; i < losses.size(); i++) {
            weights += Math.pow(0.98, losses.size() - 1 - i);
            mean += Math.pow(0.98, losses.size() - 1 - i) * losses.get(i);
        }
        mean /= weights;
        double variance = 0;
        for (int i = 0; i < losses.size(); i++) {
            variance += Math.pow(0.98, losses.size() - 1 - i) / weights * Math.pow(losses.get(i) - mean, 2);
        }
        assertEquals(mean, watch.state().mean(), 1e-12);
        assertEquals(variance, watch.state().variance(), 1e-12);
        assertEquals(mean + 6 * Math.sqrt(variance), watch.limit(), 1e-9);
        assertEquals(watch.limit() * TARGETS, watch.updateLimit(TARGETS));
    }

    @Test
    void aJumpIsSkippedAndLeavesNoTrace() {
        LossWatch watch = seasoned(6, true);
        State before = watch.state();
        double limit = watch.limit();
        assertTrue(limit > 3.3 && limit < 4, "limit " + limit);
        for (int i = 1; i <= 3; i++) {
            assertEquals(Verdict.JUMP, judge(watch, Math.nextUp(limit), true));
            assertEquals(new State(before.seen(), before.mean(), before.variance(), i, i, i), watch.state());
        }
        assertEquals(Verdict.GOOD, judge(watch, limit, false));
        assertEquals(0, watch.state().skippedInRow());
        assertEquals(3, watch.skipped());
        assertEquals(Verdict.GOOD, judge(watch, 0.5, false));
    }

    @Test
    void aJumpThatIsTrainedOnCountsNoMoreThanTheLimit() {
        LossWatch watch = seasoned(6, false);
        assertEquals(Double.MAX_VALUE, watch.updateLimit(TARGETS));
        LossWatch clipped = new LossWatch(6, false);
        clipped.restore(watch.state());
        assertEquals(Verdict.GOOD, judge(clipped, watch.limit(), false));
        assertEquals(Verdict.JUMP, judge(watch, 1e6, false));
        assertEquals(clipped.state().mean(), watch.state().mean());
        assertEquals(clipped.state().variance(), watch.state().variance());
        assertEquals(1, watch.state().bad());
        assertEquals(0, watch.skipped());
        // A level that stays becomes the rule.
        int jumps = 0;
        while (judge(watch, 5, false) == Verdict.JUMP) {
            assertTrue(++jumps < 200, "losses of 5 jump for ever");
        }
        assertNotEquals(0, jumps);
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void whatIsNotFiniteIsBadFromTheFirstStepOn(double loss) {
        LossWatch watch = LossWatch.none();
        assertEquals(Verdict.LOSS_NOT_FINITE, judge(watch, loss, true));
        assertEquals(Verdict.GRADIENT_NOT_FINITE, judge(watch, 3, true));
        assertEquals(new State(0, 0, 0, 2, 2, 2), watch.state());
        assertEquals(Verdict.GOOD, judge(watch, 3, false));
        assertEquals(new State(1, 3, 0, 2, 2, 0), watch.state());
    }

    /** An overflow of scaled gradients is the scaler's; a loss that jumps or is no number is not. */
    @Test
    void overflowsOfScaledGradientsAreNotCounted() {
        LossWatch watch = seasoned(6, true);
        long seen = watch.state().seen();
        assertEquals(Verdict.OVERFLOW, watch.judge(3 * TARGETS, TARGETS, true, true));
        assertEquals(0, watch.skipped());
        assertEquals(seen + 1, watch.state().seen());
        assertEquals(Verdict.JUMP, watch.judge(9 * TARGETS, TARGETS, true, true));
        assertEquals(Verdict.LOSS_NOT_FINITE, watch.judge(Double.NaN, TARGETS, true, true));
        assertEquals(2, watch.skipped());
    }

    @Test
    void nothingJumpsWithoutLimitOrBeforeTheWarmUp() {
        LossWatch none = seasoned(0, true);
        assertEquals(Double.MAX_VALUE, none.limit());
        assertEquals(Verdict.GOOD, judge(none, 1e300, false));
        LossWatch young = new LossWatch(1, true);
        for (int i = 0; i < LossWatch.WARMUP; i++) {
            assertEquals(Verdict.GOOD, judge(young, i % 2 == 0 ? 1 : 100, false));
        }
        assertEquals(Verdict.JUMP, judge(young, 1000, true));
    }

    /** Losses that hardly move must not make every breath of noise a jump. */
    @Test
    void constantLossesLeaveRoom() {
        LossWatch watch = new LossWatch(6, true);
        for (int i = 0; i < 1000; i++) {
            assertEquals(Verdict.GOOD, judge(watch, 2, false));
        }
        assertEquals(2 + 6 * 0.01, watch.limit(), 1e-9);
    }

    @ParameterizedTest
    @CsvSource({"-1,1,1,0,0,0", "1,NaN,1,0,0,0", "1,Infinity,1,0,0,0", "1,1,-1,0,0,0", "1,1,NaN,0,0,0", "1,1,Infinity,0,0,0",
        "1,1,1,1,2,0", "1,1,1,2,1,2", "1,1,1,2,2,-1"})
    void impossibleStatesAreRefused(long seen, double mean, double variance, long bad, long skipped, long row) {
        assertThrows(IllegalArgumentException.class, () -> new State(seen, mean, variance, bad, skipped, row));
    }

    @Test
    void impossibleLimitsAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LossWatch(-1, true));
        assertThrows(IllegalArgumentException.class, () -> new LossWatch(Double.NaN, true));
    }
}
