package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentSplitTest {
    @Test
    void reachesTheFractionAndDependsOnTheSeed() {
        BitSet first = sides(0.1, 1);
        assertEquals(first, sides(0.1, 1));
        assertEquals(0.1, first.cardinality() / 20_000.0, 0.01);
        BitSet both = sides(0.1, 2);
        both.and(first);
        assertEquals(0.01, both.cardinality() / 20_000.0, 0.003);
    }

    @Test
    void aLargerFractionTakesMoreOfTheSame() {
        BitSet small = sides(0.1, 1);
        small.andNot(sides(0.2, 1));
        assertTrue(small.isEmpty());
        assertEquals(0, sides(0, 1).cardinality());
        assertEquals(20_000, sides(1, 1).cardinality());
    }

    /** The sides are part of what a seed means: they may not move between versions. */
    @Test
    void keepsItsSides() {
        assertEquals("{0, 1, 2, 5, 11, 12, 13, 14, 16}", sides(0.2, 42).get(0, 20).toString());
    }

    private static BitSet sides(double fraction, long seed) {
        DocumentSplit split = new DocumentSplit(fraction, seed);
        BitSet sides = new BitSet();
        for (int i = 0; i < 20_000; i++) {
            sides.set(i, split.isValidation("document " + i));
        }
        return sides;
    }

    @ParameterizedTest
    @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
    void refusesWhatIsNoFraction(double fraction) {
        assertThrows(IllegalArgumentException.class, () -> new DocumentSplit(fraction, 0));
    }
}
