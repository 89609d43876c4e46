package io.saryu.files;

import io.saryu.tensor.DType;

/**
 * One tensor of a safetensors file.
 *
 * @param name  as the file spells it
 * @param dtype element type
 * @param shape sizes, outermost first; empty for a scalar
 * @param begin first byte, counted from the end of the header
 * @param end   byte after the last one
 */
public record TensorInfo(String name, DType dtype, long[] shape, long begin, long end) {
    public TensorInfo {
        shape = shape.clone();
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Bytes of data. */
    public long bytes() {
        return end - begin;
    }
}
