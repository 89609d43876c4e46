package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DuplicateTableTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 1 << 16, 1 << 23, 1 << 25})
    void agreesWithASetUntilItIsFull(long bytes) {
        Random random = new Random(7);
        DuplicateTable table = new DuplicateTable(bytes);
        Set<Long> oracle = new HashSet<>();
        while (!table.isFull()) {
            long high = random.nextInt(1_500_000) * 0x9E3779B97F4A7C15L;
            long low = random.nextInt(4) == 0 ? 0 : high >>> 7;
            assertEquals(oracle.contains(high ^ 3 * low), table.contains(high, low));
            assertEquals(oracle.add(high ^ 3 * low), table.add(high, low));
        }
        assertEquals(table.capacity(), table.size());
        assertEquals(oracle.size(), table.size());
        assertThrows(IllegalStateException.class, () -> table.add(-1, -1));
        table.clear();
        assertFalse(table.contains(0, 0));
        assertTrue(table.add(0, 0));
        assertFalse(table.add(0, 0));
    }

    @Test
    void takesNearlyTheMemoryItWasGiven() {
        long capacity = new DuplicateTable(1L << 29).capacity();
        assertTrue(capacity > 26_000_000 && capacity <= (1L << 29) / 16, capacity + " hashes");
    }
}
