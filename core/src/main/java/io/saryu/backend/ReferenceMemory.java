package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Whole tensors to and from Java arrays. Loading every operand before storing any result makes aliases harmless. */
final class ReferenceMemory {
    private ReferenceMemory() {
    }

    /** All elements in row-major order, widened to double. */
    static double[] load(Tensor t) {
        double[] out = new double[size(t)];
        int width = width(t);
        MemorySegment s = t.segment();
        for (int row = 0, i = 0; i < out.length; row++, i += width) {
            long from = row * t.rowStride();
            switch (t.dtype()) {
                case F64 -> MemorySegment.copy(s, ValueLayout.JAVA_DOUBLE_UNALIGNED, from * 8, out, i, width);
                case F32 -> {
                    for (int j = 0; j < width; j++) {
                        out[i + j] = s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, (from + j) * 4);
                    }
                }
                default -> {
                    for (int j = 0; j < width; j++) {
                        out[i + j] = t.getAt(from + j);
                    }
                }
            }
        }
        return out;
    }

    /** As many zeros as the tensor has elements. */
    static double[] zeros(Tensor t) {
        return new double[size(t)];
    }

    /** Writes all elements in row-major order, rounding once to the tensor's type; nothing between strided rows. */
    static void store(Tensor t, double[] values) {
        int width = width(t);
        MemorySegment s = t.segment();
        for (int row = 0, i = 0; i < values.length; row++, i += width) {
            long from = row * t.rowStride();
            switch (t.dtype()) {
                case F64 -> MemorySegment.copy(values, i, s, ValueLayout.JAVA_DOUBLE_UNALIGNED, from * 8, width);
                case F32 -> {
                    for (int j = 0; j < width; j++) {
                        s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, (from + j) * 4, (float) values[i + j]);
                    }
                }
                default -> {
                    for (int j = 0; j < width; j++) {
                        t.setAt(from + j, values[i + j]);
                    }
                }
            }
        }
    }

    /** The elements of an I32 vector. */
    static int[] ints(Tensor t) {
        Checks.dtype("reference", "integers", t, DType.I32);
        int[] out = new int[size(t)];
        MemorySegment.copy(t.segment(), ValueLayout.JAVA_INT_UNALIGNED, 0, out, 0, out.length);
        return out;
    }

    private static int width(Tensor t) {
        return t.rank() == 0 ? 1 : (int) t.dim(-1);
    }

    private static int size(Tensor t) {
        if (t.count() > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException(
                    t + " is too large for the reference backend, which works in Java arrays");
        }
        return (int) t.count();
    }
}
