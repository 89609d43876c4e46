package io.saryu.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TensorTest {
    @Test
    void viewsShareMemoryAndKeepStrides() {
        try (Tensor t = Tensor.allocate("t", DType.F32, 3, 4)) {
            for (int i = 0; i < 12; i++) {
                t.set(i, i);
            }
            assertArrayEquals(new double[] {1, 2, 5, 6, 9, 10}, t.columns(1, 3).toDoubles());
            assertArrayEquals(new double[] {5, 6}, t.columns(1, 3).rows(1, 2).toDoubles());
            t.columns(3, 4).set(2, -1);
            assertEquals(-1, t.get(11));
            assertEquals(4, t.slice("s", 4, 4).get(0));
        }
    }

    @Test
    void useAfterCloseNamesTheTensor() {
        Tensor t = Tensor.allocate("hidden", DType.F32, 2);
        Tensor view = t.reshape(1, 2).named("view");
        t.close();
        t.close();
        assertTrue(assertThrows(IllegalStateException.class, () -> t.get(0)).getMessage().contains("'hidden'"));
        String said = assertThrows(IllegalStateException.class, () -> view.get(0)).getMessage();
        assertTrue(said.contains("'view'") && said.contains("'hidden'"), said);
    }

    @Test
    void aUsersOwnMemoryIsWrappedWithoutACopy() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = arena.allocateFrom(ValueLayout.JAVA_FLOAT, 1, 2, 3, 4);
            Tensor t = Tensor.wrap("mine", DType.F32, mine, 2, 2);
            t.set(3, 9);
            t.close();
            assertEquals(9f, mine.getAtIndex(ValueLayout.JAVA_FLOAT, 3));
            assertThrows(IllegalArgumentException.class, () -> Tensor.wrap("mine", DType.F32, mine, 5));
        }
    }

    @Test
    void memoryThatNativeCodeCannotWriteIsRefused() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment mine = arena.allocate(16);
            assertThrows(IllegalArgumentException.class, () -> Tensor.wrap("mine", DType.F32, mine.asReadOnly(), 4));
            assertThrows(IllegalArgumentException.class,
                    () -> Tensor.wrap("mine", DType.F32, MemorySegment.ofArray(new float[4]), 4));
            Tensor t = Tensor.wrap("mine", DType.F32, mine, 4);
            FutureTask<MemorySegment> elsewhere = new FutureTask<>(t::segment);
            Thread.ofVirtual().start(elsewhere);
            String said = assertThrows(ExecutionException.class, elsewhere::get).getMessage();
            assertTrue(said.contains("IllegalStateException: tensor 'mine'"), said);
        }
    }

    @Test
    void wrongShapesAreRefusedWithBothShapes() {
        try (Tensor t = Tensor.allocate("t", DType.F32, 2, 3)) {
            String said = assertThrows(IllegalArgumentException.class, () -> t.reshape(7)).getMessage();
            assertTrue(said.contains("[2, 3]") && said.contains("[7]"), said);
            assertThrows(IndexOutOfBoundsException.class, () -> t.columns(1, 4));
            assertThrows(IndexOutOfBoundsException.class, () -> t.get(6));
            assertThrows(IllegalArgumentException.class, () -> Tensor.allocate("n", DType.F32, -1));
            assertThrows(ArithmeticException.class, () -> Tensor.allocate("n", DType.F64, 1L << 40, 1L << 40));
            assertThrows(IllegalArgumentException.class, () -> t.columns(0, 1).reshape(2));
        }
    }

    @ParameterizedTest
    @EnumSource(DType.class)
    void everyTypeKeepsSmallNumbers(DType type) {
        try (Tensor t = Tensor.allocate("t", type, 2)) {
            t.set(0, 1);
            assertEquals(1, t.get(0));
            assertEquals(0, t.get(1));
        }
    }

    @Test
    void bfloat16RoundsToNearestEven() {
        try (Tensor t = Tensor.allocate("t", DType.BF16, 1)) {
            t.set(0, 1 + 1.0 / 256);
            assertEquals(1, t.get(0));
            t.set(0, 1 + 3.0 / 256);
            assertEquals(1 + 4.0 / 256, t.get(0));
            t.set(0, Double.NaN);
            assertTrue(Double.isNaN(t.get(0)));
            t.set(0, Double.NEGATIVE_INFINITY);
            assertEquals(Double.NEGATIVE_INFINITY, t.get(0));
        }
    }
}
