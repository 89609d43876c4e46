package io.saryu.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.optim.LearningRateSchedule.Type;
import org.junit.jupiter.api.Test;

class LearningRateScheduleTest {
    @Test
    void warmUpCountsFromOne() {
        LearningRateSchedule s = new LearningRateSchedule(Type.LINEAR, 1e-3, 4, 10);
        assertEquals(0.25e-3, s.at(1), 1e-15);
        assertEquals(1e-3, s.at(4), 1e-15);
        assertEquals(1e-3, s.at(5), 1e-15);
    }

    @Test
    void linearDecayUsesItsLastStep() {
        LearningRateSchedule s = new LearningRateSchedule(Type.LINEAR, 1.0, 0, 4);
        assertEquals(1.0, s.at(1), 1e-15);
        assertEquals(0.25, s.at(4), 1e-15);
    }

    @Test
    void cosineFallsFromOneTowardsZero() {
        LearningRateSchedule s = new LearningRateSchedule(Type.COSINE, 1.0, 2, 102);
        assertEquals(1.0, s.at(3), 1e-15);
        assertEquals(0.5, s.at(53), 1e-12);
        assertTrue(s.at(102) > 0 && s.at(102) < 1e-3);
    }

    @Test
    void constantStays() {
        LearningRateSchedule s = new LearningRateSchedule(Type.CONSTANT, 0.5, 0, 10);
        assertEquals(0.5, s.at(10));
    }

    @Test
    void nonsenseIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(Type.LINEAR, 1, -1, 10));
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(Type.LINEAR, 1, 0, 0));
    }
}
