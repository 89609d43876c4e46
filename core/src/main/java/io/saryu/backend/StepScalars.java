package io.saryu.backend;

import io.saryu.tensor.Tensor;

/**
 * The scalars of one optimizer step, in one small tensor on the device (F64, {@value #COUNT} slots). Kernels read and
 * write them through a pointer, so the same sequence of launches (one CUDA graph) serves every step, and an overflow or a
 * bad loss skips the update without the host having to look.
 *
 * <p>Counters are exact in a double up to 2^53.
 */
public final class StepScalars {
    /** Rate of this step, after the schedule. */
    public static final int LEARNING_RATE = 0;
    /** Number of this update, counted from 1 without those that were skipped; AdamW's bias correction uses it. */
    public static final int STEP = 1;
    /** Factor on the loss before backward; 1 without fp16. */
    public static final int LOSS_SCALE = 2;
    /** 1 when the update must not be applied. */
    public static final int SKIP = 3;
    /** Targets that count (label not -100) in the whole effective batch: all accumulation steps, all ranks. */
    public static final int VALID_TARGETS = 4;
    /** Seed of this run's random ops (dropout). */
    public static final int SEED = 5;
    /** Position in the random stream. */
    public static final int OFFSET = 6;
    /** Sum of the token losses seen since it was last set to 0, in nats; not scaled. */
    public static final int LOSS_SUM = 7;
    /** Norm of all gradients before clipping, without the loss scale. */
    public static final int GRAD_NORM = 8;
    /** Factor on the gradients in the update: clipping, and the loss scale taken out. */
    public static final int GRAD_FACTOR = 9;
    /** Greatest LOSS_SUM that is trained on, {@link Double#MAX_VALUE} for any finite one; above it the update is skipped. */
    public static final int LOSS_LIMIT = 10;
    /** Slots in the tensor; the rest is reserved. */
    public static final int COUNT = 16;

    private StepScalars() {
    }

    /** Values for a run's start: scale 1, one valid target, factor 1, any finite loss, all else 0. */
    public static double[] initial() {
        double[] v = new double[COUNT];
        v[LOSS_SCALE] = 1;
        v[VALID_TARGETS] = 1;
        v[GRAD_FACTOR] = 1;
        v[LOSS_LIMIT] = Double.MAX_VALUE;
        return v;
    }

    /** Checks that a tensor can serve as step scalars. */
    public static void check(Tensor scalars) {
        if (scalars.dtype() != io.saryu.tensor.DType.F64 || scalars.count() != COUNT) {
            throw new IllegalArgumentException("step scalars must be F64[" + COUNT + "], not " + scalars);
        }
    }
}
