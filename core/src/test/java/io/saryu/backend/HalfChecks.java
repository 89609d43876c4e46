package io.saryu.backend;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.ValueLayout;

/** 16-bit results against the oracle's, and the conversions over every 16-bit pattern. */
final class HalfChecks {
    private HalfChecks() {
    }

    /**
     * Backend and oracle round the same exact value, known to the backend up to its fp32 error. So they agree, but for values
     * that lie within that error of the middle of two neighbours; those differ by one unit, and are few. Truncation instead of
     * rounding would make half of all values differ.
     */
    static void compare(String what, OpSetup.Operand o, double[] expected, double[] actual, DType type, double tolerance) {
        double squares = 0;
        for (double e : expected) {
            squares += Double.isFinite(e) ? e * e : 0;
        }
        double fp32 = tolerance * Math.max(Math.sqrt(squares), o.floor) / Math.sqrt(expected.length);
        int different = 0;
        int rounded = 0;
        for (int i = 0; i < expected.length; i++) {
            double unit = unit(expected[i], type);
            double error = fp32 + tolerance * Math.abs(expected[i]);
            // Where the fp32 error is of the unit's size, rounding cannot be told from it.
            boolean counts = unit > 8 * error;
            rounded += counts ? 1 : 0;
            if (actual[i] == expected[i]) {
                continue;
            }
            different += counts ? 1 : 0;
            // Written so that NaN fails.
            if (!(Math.abs(actual[i] - expected[i]) <= unit + error)) {
                fail(what + ": element " + i + " is " + actual[i] + ", not " + expected[i]);
            }
        }
        assertTrue(different <= 1 + rounded / 8, what + ": " + different + " of " + rounded
                + " elements differ from the oracle's rounding");
    }

    /**
     * For ops that round operands within: each of them is off by up to half a unit, which mostly cancels in sums. By norm the
     * results are within a unit, and no element is off by more than some.
     */
    static void near(String what, OpSetup.Operand o, double[] expected, double[] actual, DType type) {
        double squares = 0;
        double difference = 0;
        for (int i = 0; i < expected.length; i++) {
            squares += expected[i] * expected[i];
            difference += (actual[i] - expected[i]) * (actual[i] - expected[i]);
        }
        double norm = Math.max(Math.sqrt(squares), o.floor);
        double unit = unit(1, type);
        // Written so that NaN fails.
        if (!(Math.sqrt(difference) <= unit * norm)) {
            fail(what + ": relative error " + Math.sqrt(difference) / norm + " exceeds a unit, " + unit);
        }
        double typical = norm / Math.sqrt(expected.length);
        for (int i = 0; i < expected.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= 8 * unit * (Math.abs(expected[i]) + typical))) {
                fail(what + ": element " + i + " is " + actual[i] + ", not " + expected[i]);
            }
        }
    }

    /** Distance of a type's neighbours at a value. */
    private static double unit(double x, DType type) {
        int least = type == DType.BF16 ? Float.MIN_EXPONENT : -14;
        return Math.scalb(1.0, Math.max(Math.getExponent(x), least) - (type == DType.BF16 ? 7 : 10));
    }

    private static float widened(DType type, int pattern) {
        return type == DType.BF16 ? Float.intBitsToFloat(pattern << 16) : Float.float16ToFloat((short) pattern);
    }

    private static int infinity(DType type) {
        return type == DType.BF16 ? 0x7F80 : 0x7C00;
    }

    static void widening(Backend ops, DType type) {
        int n = 1 << 16;
        try (ExecutionContext ctx = ops.newContext(2); Tensor host = Tensor.allocate("host", type, n);
                Tensor half = ops.allocate("half", type, n); Tensor wide = ops.allocate("wide", DType.F32, n);
                Tensor back = Tensor.allocate("back", DType.F32, n)) {
            for (int i = 0; i < n; i++) {
                host.segment().setAtIndex(ValueLayout.JAVA_SHORT, i, (short) i);
            }
            ops.copyFromHost(ctx, half, host);
            ops.copy(ctx, wide, half);
            ops.copyToHost(ctx, back, wide);
            for (int i = 0; i < n; i++) {
                // Compared as numbers: NaN equals NaN, and 0 differs from -0.
                int pattern = i;
                assertEquals(widened(type, i), (float) back.get(i), () -> "pattern " + Integer.toHexString(pattern));
            }
        }
    }

    /**
     * Each 16-bit number, the middle between it and the next (a tie, which goes to the even one), and the fp32 numbers just
     * below and above the middle; of both signs. The number after the largest is infinity.
     */
    static void narrowing(Backend ops, DType type) {
        int finite = infinity(type);
        int n = 8 * finite + 4;
        float[] in = new float[n];
        int[] expected = new int[n];
        int at = 0;
        for (int h = 0; h < finite; h++) {
            double value = widened(type, h);
            double next = h + 1 < finite ? widened(type, h + 1) : 2 * value - widened(type, h - 1);
            float middle = (float) ((value + next) / 2);
            float[] values = {(float) value, Math.nextDown(middle), middle, Math.nextUp(middle)};
            int[] rounded = {h, h, h + (h & 1), h + 1};
            for (int sign = 0; sign < 2; sign++) {
                for (int k = 0; k < 4; k++) {
                    in[at] = sign == 0 ? values[k] : -values[k];
                    expected[at++] = rounded[k] | sign << 15;
                }
            }
        }
        for (float f : new float[] {Float.MAX_VALUE, Float.POSITIVE_INFINITY}) {
            in[at] = f;
            expected[at++] = finite;
            in[at] = -f;
            expected[at++] = finite | 0x8000;
        }
        check(ops, type, in, expected);
    }

    private static void check(Backend ops, DType type, float[] in, int[] expected) {
        try (ExecutionContext ctx = ops.newContext(2); Tensor host = Tensor.allocate("host", DType.F32, in.length + 2L);
                Tensor wide = ops.allocate("wide", DType.F32, host.shape()); Tensor half = ops.allocate("half", type, host.shape());
                Tensor back = Tensor.allocate("back", type, host.shape())) {
            for (int i = 0; i < in.length; i++) {
                host.set(i, in[i]);
            }
            host.set(in.length, Double.NaN);
            host.segment().setAtIndex(ValueLayout.JAVA_INT, in.length + 1L, 0xFF800001);
            ops.copyFromHost(ctx, wide, host);
            ops.copy(ctx, half, wide);
            ops.copyToHost(ctx, back, half);
            for (int i = 0; i < in.length; i++) {
                float value = in[i];
                assertEquals(expected[i], Short.toUnsignedInt(back.segment().getAtIndex(ValueLayout.JAVA_SHORT, i)),
                        () -> "pattern of " + value);
            }
            assertTrue(Double.isNaN(back.get(in.length)) && Double.isNaN(back.get(in.length + 1L)), "NaN is lost");
        }
    }
}
