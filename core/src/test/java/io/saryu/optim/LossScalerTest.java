package io.saryu.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** PyTorch's GradScaler, step by step. */
class LossScalerTest {
    @Test
    void doublesAfterGoodStepsInARowAndHalvesAtAnOverflow() {
        LossScaler scaler = LossScaler.dynamic(8, 3);
        // What torch.amp.GradScaler(init_scale=8, growth_interval=3) has after each of these steps.
        boolean[] overflow = {false, false, false, false, false, true, false, false, true, true, false, false, false};
        double[] after = {8, 8, 16, 16, 16, 8, 8, 8, 4, 2, 2, 2, 4};
        for (int i = 0; i < overflow.length; i++) {
            scaler.update(overflow[i]);
            assertEquals(after[i], scaler.scale(), "after step " + (i + 1));
        }
        assertEquals(new LossScaler.State(4, 0, 3), scaler.state());
    }

    @Test
    void goesOnWhereItStood() {
        LossScaler a = LossScaler.dynamic(65536, 4);
        a.update(true);
        a.update(false);
        a.update(false);
        LossScaler b = LossScaler.dynamic(65536, 4);
        b.restore(a.state());
        for (int i = 0; i < 9; i++) {
            a.update(i == 5);
            b.update(i == 5);
            assertEquals(a.state(), b.state());
        }
        LossScaler fresh = LossScaler.dynamic(1024, 4);
        fresh.restore(LossScaler.none().state());
        assertEquals(1024, fresh.scale(), "a run that did not scale has no scale to go on with");
    }

    @Test
    void isExhaustedBelowTheLeastScale() {
        LossScaler scaler = LossScaler.dynamic(1, 1);
        for (int i = 0; i < 14; i++) {
            scaler.update(true);
            assertFalse(scaler.isExhausted());
        }
        scaler.update(true);
        assertTrue(scaler.isExhausted());
    }

    @Test
    void neverGrowsOutOfFloatsRange() {
        LossScaler scaler = LossScaler.dynamic(0x1p126, 1);
        for (int i = 0; i < 10; i++) {
            scaler.update(false);
        }
        assertEquals(0x1p127, scaler.scale());
    }

    @Test
    void withoutScalingNothingChanges() {
        LossScaler none = LossScaler.none();
        none.update(true);
        none.update(false);
        assertEquals(1, none.scale());
        assertEquals(0, none.skipped());
        assertFalse(none.isDynamic() || none.isExhausted());
    }

    @ParameterizedTest
    @CsvSource({"0,1", "-2,1", "3,1", "65535,1", "Infinity,1", "NaN,1", "1e-9,1", "65536,0"})
    void impossibleStartsAreRefused(double scale, long interval) {
        assertThrows(IllegalArgumentException.class, () -> LossScaler.dynamic(scale, interval));
    }

    @ParameterizedTest
    @CsvSource({"-1,0,0", "NaN,0,0", "Infinity,0,0", "1,-1,0", "1,0,-1"})
    void impossibleStatesAreRefused(double scale, long good, long skipped) {
        assertThrows(IllegalArgumentException.class, () -> new LossScaler.State(scale, good, skipped));
    }
}
