package io.saryu.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    private static List<Long> step(Workspace w) {
        List<Long> addresses = new ArrayList<>();
        List<Tensor> held = new ArrayList<>();
        for (int i = 1; i <= 5; i++) {
            Tensor t = w.acquire("t" + i, DType.F32, i, 100);
            addresses.add(t.segment().address());
            held.add(t);
            if (i % 2 == 0) {
                held.remove(0).close();
            }
        }
        held.forEach(Tensor::close);
        return addresses;
    }

    @Test
    void equalStepsGetEqualAddressesAndAllocateNothing() {
        try (Workspace w = new Workspace(Tensor::allocate)) {
            step(w);
            List<Long> second = step(w);
            long held = w.bytesHeld();
            for (int i = 0; i < 100; i++) {
                assertEquals(second, step(w));
            }
            assertEquals(held, w.bytesHeld());
        }
    }

    @Test
    void sizeClassesCoverTheirBytesAndAreFew() {
        SplittableRandom random = new SplittableRandom(7);
        java.util.Set<Long> classes = new java.util.HashSet<>();
        for (int i = 0; i < 100_000; i++) {
            long bytes = random.nextLong(0, 1L << 30);
            long size = Workspace.sizeClass(bytes);
            assertTrue(size >= bytes && size % Tensor.ALIGNMENT == 0, bytes + " in " + size);
            assertTrue(bytes < 1024 || size <= bytes * 17 / 16 + Tensor.ALIGNMENT, bytes + " in " + size);
            classes.add(size);
        }
        assertTrue(classes.size() < 500, classes.size() + " classes");
    }

    @Test
    void tensorsOfAClosedWorkspaceSayWhoTheyAre() {
        Workspace w = new Workspace(Tensor::allocate);
        Tensor t = w.acquire("lost", DType.F32, 3);
        w.close();
        assertThrows(IllegalStateException.class, () -> t.get(0));
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> w.acquire("late", DType.F32, 3));
        assertTrue(e.getMessage().contains("late"), e.getMessage());
    }
}
