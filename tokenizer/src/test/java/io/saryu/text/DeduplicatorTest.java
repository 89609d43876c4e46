package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DeduplicatorTest {
    @Test
    void knowsATextAgain() {
        Deduplicator seen = new Deduplicator();
        assertTrue(seen.add("यह घर है।"));
        assertTrue(seen.add(""));
        assertFalse(seen.add("यह घर है।"));
        assertFalse(seen.add(""));
        assertTrue(seen.add("यह घर है"));
        assertEquals(3, seen.size());
    }

    @Test
    void agreesWithASetWhileItGrows() {
        Random random = new Random(7);
        Deduplicator seen = new Deduplicator();
        Set<String> oracle = new HashSet<>();
        for (int i = 0; i < 200_000; i++) {
            String text = "line " + random.nextInt(120_000);
            assertEquals(oracle.add(text), seen.add(text));
        }
        assertEquals(oracle.size(), seen.size());
    }
}
