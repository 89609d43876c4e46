package io.saryu.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SeriesTest {
    @ParameterizedTest
    @ValueSource(ints = {101, 257, 1000, 99_991})
    void thinningKeepsEndsSpikesAndOrder(int size) {
        Random random = new Random(size);
        Series all = new Series();
        int high = 1 + random.nextInt(size - 2);
        int low = 1 + random.nextInt(size - 2);
        for (int i = 0; i < size; i++) {
            all.add(10 * i, i == high ? 50 : i == low ? -50 : random.nextGaussian());
        }
        Series thin = all.thinned(100);
        assertTrue(thin.size() <= 102 && thin.size() >= 60, "points: " + thin.size());
        assertEquals(0, thin.step(0));
        assertEquals(10.0 * (size - 1), thin.lastStep());
        assertEquals(all.last(), thin.last());
        assertEquals(all.max(), thin.max());
        boolean[] seen = {false};
        for (int i = 0; i < thin.size(); i++) {
            assertTrue(i == 0 || thin.step(i) > thin.step(i - 1));
            assertEquals(all.value((int) (thin.step(i) / 10)), thin.value(i));
            seen[0] |= thin.step(i) == 10.0 * low;
        }
        assertTrue(seen[0], "the lowest value is gone");
    }

    @Test
    void shortOnesStayAndNumbersOnlyAreTaken() {
        Series s = new Series();
        s.add(1, 2);
        s.add(2, Double.NaN);
        s.add(3, Double.POSITIVE_INFINITY);
        s.add(4, 6);
        assertEquals(2, s.size());
        assertSame(s, s.thinned(2));
        assertEquals(6, s.recentMedian(20));
        assertEquals(12, s.times(2).last());
        assertTrue(Double.isNaN(new Series().last()) && Double.isNaN(new Series().recentMedian(3)));
    }
}
