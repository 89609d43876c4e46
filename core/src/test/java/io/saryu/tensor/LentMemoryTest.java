package io.saryu.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class LentMemoryTest {
    private static final int UNIT = Tensor.ALIGNMENT / 4;

    @Test
    void neighboursBecomeOneRange() {
        try (Tensor lender = Tensor.allocate("gradients", DType.F32, 8 * UNIT)) {
            LentMemory lent = new LentMemory(lender);
            lent.lend(4 * UNIT, 2 * UNIT);
            assertNull(lent.borrow("too large", DType.F32, 3 * UNIT));
            lent.lend(2 * UNIT, 2 * UNIT);
            try (Tensor t = lent.borrow("fits", DType.BF16, 3, 2 * UNIT)) {
                assertNotNull(t);
                assertEquals(lender.segment().address() + 2L * UNIT * 4, t.segment().address());
            }
            lent.takeBack(2 * UNIT, 2 * UNIT);
            assertNull(lent.borrow("no longer", DType.F32, 3 * UNIT));
            lent.takeBack(4 * UNIT, 2 * UNIT);
            assertNull(lent.borrow("nothing left", DType.F32, 1));
        }
    }

    @Test
    void whatIsInUseCannotBeTakenBack() {
        try (Tensor lender = Tensor.allocate("gradients", DType.F32, 8 * UNIT)) {
            LentMemory lent = new LentMemory(lender);
            lent.lend(0, 4 * UNIT);
            lent.lend(4 * UNIT, 4 * UNIT);
            Tensor held = lent.borrow("held", DType.F32, 5 * UNIT);
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> lent.takeBack(4 * UNIT, 4 * UNIT));
            assertTrue(e.getMessage().contains("gradients") && e.getMessage().contains("not closed"), e.getMessage());
            held.close();
            lent.takeBack(4 * UNIT, 4 * UNIT);
            lent.takeBack(0, 4 * UNIT);
        }
    }

    /** What is borrowed stays within what is lent, and keeps its content beside everything else that is borrowed. */
    @Test
    void borrowersDoNotDisturbEachOther() {
        int ranges = 20;
        int width = 6 * UNIT;
        SplittableRandom random = new SplittableRandom(3);
        try (Tensor lender = Tensor.allocate("gradients", DType.F32, ranges * width)) {
            LentMemory lent = new LentMemory(lender);
            for (int i = 0; i < ranges; i += 2) {
                lent.lend((long) i * width, width);
            }
            List<Tensor> held = new ArrayList<>();
            int borrowed = 0;
            for (int i = 0; i < 2000; i++) {
                Tensor t = random.nextInt(3) == 0 ? null : lent.borrow("t" + i, DType.F32, random.nextInt(1, 3 * UNIT));
                if (t != null) {
                    t.fillFrom(random.doubles(t.count()).toArray());
                    double first = t.get(0);
                    held.add(t);
                    borrowed++;
                    assertEquals(first, t.get(0));
                } else if (!held.isEmpty()) {
                    Tensor last = held.remove(random.nextInt(held.size()));
                    for (long k = 0; k < last.count(); k++) {
                        assertTrue(last.get(k) != 0, "element " + k + " of " + last + " was overwritten");
                        last.set(k, 0);
                    }
                    last.close();
                }
            }
            assertTrue(borrowed > 500, "only " + borrowed + " were borrowed");
            for (int i = 1; i < ranges; i += 2) {
                for (int k = 0; k < width; k++) {
                    assertEquals(0, lender.get((long) i * width + k), "element " + k + " of range " + i + " was never lent");
                }
            }
        }
    }
}
