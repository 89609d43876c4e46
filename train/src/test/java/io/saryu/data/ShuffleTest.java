package io.saryu.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffleTest {
    @Test
    void everyNumberComesOnce() {
        Random random = new Random(1);
        for (int n = 1; n <= 600; n += n < 70 ? 1 : 53) {
            checkBijective(n, random.nextLong());
        }
        checkBijective(65_536, 3);
        checkBijective(65_537, 3);
        checkBijective(100_003, 3);
    }

    private static void checkBijective(int n, long key) {
        Shuffle shuffle = new Shuffle(n, key);
        boolean[] seen = new boolean[n];
        for (int i = 0; i < n; i++) {
            int x = (int) shuffle.at(i);
            assertFalse(seen[x], "n " + n + " gives " + x + " twice");
            seen[x] = true;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1L << 33, (1L << 40) + 7, 1L << 62})
    void hugeRangesStayInside(long n) {
        Shuffle shuffle = new Shuffle(n, 5);
        for (long i = 0; i < 1000; i++) {
            long x = shuffle.at(n - 1 - i);
            assertTrue(x >= 0 && x < n);
        }
    }

    @Test
    void ordersLookRandomAndDependOnTheKey() {
        int n = 4096;
        int keptInPlace = 0;
        long distance = 0;
        int equal = 0;
        Shuffle a = new Shuffle(n, 1);
        Shuffle b = new Shuffle(n, 2);
        for (int i = 0; i < n; i++) {
            keptInPlace += a.at(i) == i ? 1 : 0;
            equal += a.at(i) == b.at(i) ? 1 : 0;
            distance += Math.abs(a.at(i) - i);
        }
        assertTrue(keptInPlace < 12 && equal < 12, keptInPlace + " " + equal);
        // A random order moves a number by n / 3 on average.
        assertEquals(n / 3.0, (double) distance / n, n * 0.03);
        assertNotEquals(Shuffle.mix(1, 2), Shuffle.mix(2, 1));
    }

    @Test
    void refusesWhatIsOutside() {
        assertThrows(IllegalArgumentException.class, () -> new Shuffle(0, 1));
        assertThrows(IndexOutOfBoundsException.class, () -> new Shuffle(5, 1).at(5));
    }
}
