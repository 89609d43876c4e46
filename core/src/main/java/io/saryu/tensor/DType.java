package io.saryu.tensor;

/**
 * Element types of tensors and of stored files. Names in safetensors are the same, except {@link #U16} and
 * {@link #BOOL}, which are spelt alike too.
 */
public enum DType {
    /** IEEE double; the reference backend computes in it. */
    F64(8, true),
    /** IEEE single; the type of master weights, gradients and optimizer state. */
    F32(4, true),
    /** IEEE half. */
    F16(2, true),
    /** bfloat16: the upper half of a single. */
    BF16(2, true),
    /** Signed 64-bit integer. */
    I64(8, false),
    /** Signed 32-bit integer; token ids, positions and sequence offsets. */
    I32(4, false),
    /** Signed byte; quantised weights. */
    I8(1, false),
    /** Unsigned 16-bit integer; token files of vocabularies up to 65,536. */
    U16(2, false),
    /** One byte, 0 or 1. */
    BOOL(1, false);

    private final int bytes;
    private final boolean floating;

    DType(int bytes, boolean floating) {
        this.bytes = bytes;
        this.floating = floating;
    }

    /** Size of one element in bytes. */
    public int bytes() {
        return bytes;
    }

    /** True for F64, F32, F16 and BF16. */
    public boolean isFloating() {
        return floating;
    }

    /** True for F16 and BF16, the 16-bit types of mixed precision. */
    public boolean isHalf() {
        return this == F16 || this == BF16;
    }
}
