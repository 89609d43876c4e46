package io.saryu.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
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

    /** Random requests and releases: what is held never overlaps, and in the end nothing is lost. */
    @Test
    void tensorsNeverOverlap() {
        SplittableRandom random = new SplittableRandom(7);
        try (Workspace w = new Workspace(Tensor::allocate)) {
            w.reserve(1 << 20);
            long start = w.bytesHeld();
            for (int round = 0; round < 20; round++) {
                List<Tensor> held = new ArrayList<>();
                TreeMap<Long, Long> ends = new TreeMap<>();
                for (int i = 0; i < 500; i++) {
                    if (!held.isEmpty() && random.nextInt(5) < 2) {
                        Tensor t = held.remove(random.nextInt(held.size()));
                        ends.remove(t.segment().address());
                        t.close();
                    } else {
                        Tensor t = w.acquire("t", DType.I8, random.nextLong(0, 20_000));
                        long from = t.segment().address();
                        assertEquals(0, from % Tensor.ALIGNMENT);
                        Map.Entry<Long, Long> before = ends.floorEntry(from);
                        Long after = ends.ceilingKey(from);
                        assertTrue(before == null || before.getValue() <= from, "overlaps the tensor before it");
                        assertTrue(after == null || from + t.count() <= after, "overlaps the tensor after it");
                        ends.put(from, from + Math.max(t.count(), 1));
                        held.add(t);
                    }
                }
                held.forEach(Tensor::close);
                try (Tensor all = w.acquire("all", DType.I8, start)) {
                    assertEquals(start, all.count());
                }
            }
        }
    }

    /** A second run of the same work fits the extent of the first, in one region. */
    @Test
    void whatWasMeasuredCanBeReserved() {
        long extent;
        try (Workspace endless = new Workspace(Tensor::allocate)) {
            endless.reserve(1 << 20);
            step(endless);
            extent = endless.extent();
        }
        assertTrue(extent > 0 && extent < 5 * 2048, extent + " bytes");
        try (Workspace w = new Workspace(Tensor::allocate)) {
            w.reserve(extent);
            step(w);
            step(w);
            assertEquals(extent, w.bytesHeld());
            assertEquals(extent, w.extent());
        }
    }

    @Test
    void severalRegionsHaveNoExtent() {
        try (Workspace w = new Workspace(Tensor::allocate)) {
            assertEquals(0, w.extent());
            w.acquire("first", DType.I8, 1 << 20).close();
            assertEquals(1 << 20, w.extent());
            w.acquire("second", DType.I8, 2 << 20).close();
            assertTrue(assertThrows(IllegalStateException.class, w::extent).getMessage().contains("2 regions"));
        }
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
