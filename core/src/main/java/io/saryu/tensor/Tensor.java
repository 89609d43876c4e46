package io.saryu.tensor;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * A typed, shaped window on memory off the heap. Row-major; the last dimension is dense, and a two-dimensional tensor may
 * have rows that lie further apart than its columns are wide ({@link #rowStride()}), so that {@code q}, {@code k} and
 * {@code v} can be column ranges of one matrix.
 *
 * <p>Lifecycle: a tensor made by a backend, by {@link #allocate} or by a {@link Workspace} owns its memory until
 * {@link #close()}. Views share their root's memory and its life; closing a view does nothing. Any use after the root was
 * closed throws {@link IllegalStateException} naming the tensor. Closing and using a tensor on two threads at once is a
 * mistake of the caller, but never unsafe: memory comes from shared arenas that check liveness.
 *
 * <p>Instances are not synchronised; reading one from several threads is safe.
 */
public final class Tensor implements AutoCloseable {
    /** Alignment of every allocation in bytes: a cache line, and the widest vector register in use. */
    public static final int ALIGNMENT = 64;

    private final String name;
    private final DType dtype;
    private final long[] shape;
    private final long rowStride;
    private final Device device;
    private final MemorySegment segment;
    private final Tensor root;
    private Runnable release;
    private boolean closed;
    private boolean requiresGrad;
    private Tensor grad;

    private Tensor(String name, DType dtype, long[] shape, long rowStride, Device device, MemorySegment segment,
            Tensor root, Runnable release) {
        this.name = name;
        this.dtype = dtype;
        this.shape = shape;
        this.rowStride = rowStride;
        this.device = device;
        this.segment = segment;
        this.root = root == null ? this : root;
        this.release = release;
    }

    /**
     * Allocates zeroed host memory, aligned to {@value #ALIGNMENT} bytes.
     *
     * @throws IllegalArgumentException for a negative dimension or a size that overflows
     * @throws OutOfMemoryError         when the system has no such memory
     */
    public static Tensor allocate(String name, DType dtype, long... shape) {
        long bytes = Math.multiplyExact(count(name, shape), (long) dtype.bytes());
        Arena arena = Arena.ofShared();
        MemorySegment memory = arena.allocate(Math.max(bytes, 1), ALIGNMENT);
        return of(name, dtype, Device.CPU, memory, arena::close, shape);
    }

    /**
     * A tensor over memory that someone else obtained; {@code release} runs once, at {@link #close()}.
     *
     * @param segment at least as many bytes as the shape needs; on a device that is not the host, an address of that
     *                device with its size
     * @throws IllegalArgumentException when the segment is too small, read-only, or a Java array's: native code writes
     *                                  wherever it is told to
     */
    public static Tensor of(String name, DType dtype, Device device, MemorySegment segment, Runnable release,
            long... shape) {
        long[] dims = shape.clone();
        long bytes = Math.multiplyExact(count(name, dims), (long) dtype.bytes());
        if (segment.byteSize() < bytes) {
            throw new IllegalArgumentException("tensor '" + name + "' of shape " + Arrays.toString(dims) + " and type "
                    + dtype + " needs " + bytes + " bytes, but the memory given has " + segment.byteSize());
        }
        if (!segment.isNative() || segment.isReadOnly()) {
            throw new IllegalArgumentException("tensor '" + name + "' cannot lie in memory that is "
                    + (segment.isNative() ? "read-only" : "on the Java heap") + "; copy it to memory of an Arena");
        }
        return new Tensor(name, dtype, dims, lastDim(dims), device, segment, null, release);
    }

    /** Wraps the caller's own host memory without a copy; closing the tensor leaves that memory alone. */
    public static Tensor wrap(String name, DType dtype, MemorySegment segment, long... shape) {
        return of(name, dtype, Device.CPU, segment, () -> { }, shape);
    }

    private static long lastDim(long[] dims) {
        return dims.length == 0 ? 1 : dims[dims.length - 1];
    }

    private static long count(String name, long[] dims) {
        long n = 1;
        for (long d : dims) {
            if (d < 0) {
                throw new IllegalArgumentException(
                        "tensor '" + name + "' has a negative dimension: " + Arrays.toString(dims));
            }
            n = Math.multiplyExact(n, d);
        }
        return n;
    }

    public String name() {
        return name;
    }

    public DType dtype() {
        return dtype;
    }

    public Device device() {
        return device;
    }

    /** A copy of the dimensions. */
    public long[] shape() {
        return shape.clone();
    }

    /** Number of dimensions. */
    public int rank() {
        return shape.length;
    }

    /** Size of dimension {@code i}; negative {@code i} counts from the end. */
    public long dim(int i) {
        return shape[i < 0 ? shape.length + i : i];
    }

    /** Number of elements. */
    public long count() {
        long n = 1;
        for (long d : shape) {
            n *= d;
        }
        return n;
    }

    /** Elements from one row to the next, where rows are the last dimension's; {@code dim(-1)} when contiguous. */
    public long rowStride() {
        return rowStride;
    }

    public boolean isContiguous() {
        return rowStride == lastDim(shape) || count() == lastDim(shape);
    }

    /**
     * The memory, from this tensor's first element.
     *
     * @throws IllegalStateException after the owning tensor was closed, and where it wraps memory that is confined to
     *                               another thread
     */
    public MemorySegment segment() {
        if (root.closed) {
            throw new IllegalStateException("tensor '" + name + "' " + Arrays.toString(shape) + " was used after it was "
                    + (root == this ? "closed" : "closed through '" + root.name + "'"));
        }
        if (!segment.scope().isAlive()) {
            // The owner of the memory is not a tensor: a workspace, or whoever gave us a segment to wrap.
            throw new IllegalStateException("tensor '" + name + "' " + Arrays.toString(shape)
                    + " was used after its memory was given back");
        }
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new IllegalStateException("tensor '" + name + "' " + Arrays.toString(shape)
                    + " lies in memory of another thread's confined arena; wrap memory of Arena.ofShared() instead");
        }
        return segment;
    }

    /** True until the owner was closed. */
    public boolean isAlive() {
        return !root.closed && segment.scope().isAlive();
    }

    /** The same contiguous elements under another shape of equal count. */
    public Tensor reshape(long... newShape) {
        requireContiguous("reshape");
        long[] dims = newShape.clone();
        if (count(name, dims) != count()) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(shape)
                    + " cannot be reshaped to " + Arrays.toString(dims) + ": the counts differ");
        }
        return view(name, dims, lastDim(dims), 0);
    }

    /** Elements {@code [from, from + product(newShape))} of a contiguous tensor, as a named view. */
    public Tensor slice(String viewName, long from, long... newShape) {
        requireContiguous("slice");
        long n = count(viewName, newShape);
        Objects.checkFromIndexSize(from, n, count());
        return view(viewName, newShape.clone(), lastDim(newShape), from);
    }

    /** Rows {@code [from, to)} of a matrix. */
    public Tensor rows(long from, long to) {
        requireMatrix();
        Objects.checkFromToIndex(from, to, shape[0]);
        return view(name, new long[] {to - from, shape[1]}, rowStride, from * rowStride);
    }

    /** Columns {@code [from, to)} of a matrix; the view keeps the row stride. */
    public Tensor columns(long from, long to) {
        requireMatrix();
        Objects.checkFromToIndex(from, to, shape[1]);
        return view(name, new long[] {shape[0], to - from}, rowStride, from);
    }

    /** The same memory under another name. */
    public Tensor named(String newName) {
        return view(newName, shape.clone(), rowStride, 0);
    }

    private Tensor view(String viewName, long[] dims, long stride, long offset) {
        int width = dtype.bytes();
        long last = lastDim(dims);
        long elements = 1;
        for (long d : dims) {
            elements *= d;
        }
        long rows = last == 0 ? 0 : elements / last;
        long extent = rows == 0 ? 0 : (rows - 1) * stride + last;
        MemorySegment part = segment().asSlice(offset * width, extent * width);
        return new Tensor(viewName, dtype, dims, stride, device, part, root, null);
    }

    private void requireMatrix() {
        if (shape.length != 2) {
            throw new IllegalArgumentException(
                    "tensor '" + name + "' " + Arrays.toString(shape) + " must have two dimensions here");
        }
    }

    private void requireContiguous(String what) {
        if (!isContiguous()) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(shape) + " has row stride "
                    + rowStride + "; " + what + " needs dense rows");
        }
    }

    /** Whether the tape computes a gradient for this tensor. */
    public boolean requiresGrad() {
        return requiresGrad;
    }

    /** The gradient's memory of a parameter, or null; activations have theirs on the tape. */
    public Tensor grad() {
        return grad;
    }

    /**
     * Makes this tensor a parameter whose gradient is kept in {@code gradient}; null makes it a constant again.
     *
     * @throws IllegalArgumentException when the shapes differ
     */
    public Tensor withGrad(Tensor gradient) {
        if (gradient != null && !Arrays.equals(gradient.shape, shape)) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(shape)
                    + " cannot have a gradient of shape " + Arrays.toString(gradient.shape));
        }
        this.grad = gradient;
        this.requiresGrad = gradient != null;
        return this;
    }

    /** Marks an activation as one that a gradient flows through. */
    public Tensor requireGrad(boolean required) {
        this.requiresGrad = required;
        return this;
    }

    // ---- host access; values of a device tensor go through Backend.copyToHost ----

    /** Element {@code i} in row-major order, as a double. Host tensors only. */
    public double get(long i) {
        return getAt(offsetOf(i));
    }

    /** Sets element {@code i} in row-major order. Host tensors only. */
    public void set(long i, double value) {
        setAt(offsetOf(i), value);
    }

    private long offsetOf(long i) {
        Objects.checkIndex(i, count());
        long last = lastDim(shape);
        return rowStride == last ? i : i / last * rowStride + i % last;
    }

    /** The element {@code offset} elements from the first one, ignoring shape: for loops that know their strides. */
    public double getAt(long offset) {
        return getAt(host(), offset);
    }

    private double getAt(MemorySegment s, long offset) {
        return switch (dtype) {
            case F64 -> s.get(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset * 8);
            case F32 -> s.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset * 4);
            case F16 -> Float.float16ToFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset * 2));
            case BF16 -> Float.intBitsToFloat(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset * 2) << 16);
            case I64 -> s.get(ValueLayout.JAVA_LONG_UNALIGNED, offset * 8);
            case I32 -> s.get(ValueLayout.JAVA_INT_UNALIGNED, offset * 4);
            case I8, BOOL -> s.get(ValueLayout.JAVA_BYTE, offset);
            case U16 -> Short.toUnsignedInt(s.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset * 2));
        };
    }

    /** Sets the element {@code offset} elements from the first one; floating types round to nearest even. */
    public void setAt(long offset, double v) {
        setAt(host(), offset, v);
    }

    private void setAt(MemorySegment s, long offset, double v) {
        switch (dtype) {
            case F64 -> s.set(ValueLayout.JAVA_DOUBLE_UNALIGNED, offset * 8, v);
            case F32 -> s.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset * 4, (float) v);
            case F16 -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset * 2, Float.floatToFloat16((float) v));
            case BF16 -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset * 2, bf16((float) v));
            case I64 -> s.set(ValueLayout.JAVA_LONG_UNALIGNED, offset * 8, (long) v);
            case I32 -> s.set(ValueLayout.JAVA_INT_UNALIGNED, offset * 4, (int) v);
            case I8, BOOL -> s.set(ValueLayout.JAVA_BYTE, offset, (byte) v);
            case U16 -> s.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset * 2, (short) v);
        }
    }

    private static short bf16(float v) {
        int bits = Float.floatToRawIntBits(v);
        if (Float.isNaN(v)) {
            return (short) 0x7FC0;
        }
        return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
    }

    private MemorySegment host() {
        if (!device.isHost()) {
            throw new IllegalStateException("tensor '" + name + "' is on " + device
                    + "; copy it to the host before reading or writing its elements");
        }
        return segment();
    }

    /** All elements in row-major order, as singles. Host tensors only. */
    public float[] toFloats() {
        int n = Math.toIntExact(count());
        if (dtype == DType.F32 && isContiguous()) {
            return host().asSlice(0, n * 4L).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED);
        }
        float[] out = new float[n];
        for (int i = 0; i < n; i++) {
            out[i] = (float) get(i);
        }
        return out;
    }

    /**
     * Copies elements {@code [from, from + out.length)} of a contiguous F32 tensor in host memory to an array.
     *
     * @throws IllegalArgumentException for another type, a view with gaps, or elements that are not there
     */
    public void copyTo(long from, float[] out) {
        if (dtype != DType.F32 || !isContiguous() || from < 0 || from + out.length > count()) {
            throw new IllegalArgumentException("cannot copy " + out.length + " floats from element " + from + " of " + this);
        }
        MemorySegment.copy(host(), ValueLayout.JAVA_FLOAT_UNALIGNED, 4 * from, out, 0, out.length);
    }

    /** All elements in row-major order, as doubles. Host tensors only. */
    public double[] toDoubles() {
        double[] out = new double[Math.toIntExact(count())];
        MemorySegment s = host();
        int width = (int) lastDim(shape);
        for (int row = 0, i = 0; i < out.length; row++) {
            for (int j = 0; j < width; j++, i++) {
                out[i] = getAt(s, row * rowStride + j);
            }
        }
        return out;
    }

    /** Sets all elements in row-major order. Host tensors only. */
    public Tensor fillFrom(double... values) {
        if (values.length != count()) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(shape) + " takes " + count()
                    + " values, not " + values.length);
        }
        MemorySegment s = host();
        int width = (int) lastDim(shape);
        for (int row = 0, i = 0; i < values.length; row++) {
            for (int j = 0; j < width; j++, i++) {
                setAt(s, row * rowStride + j, values[i]);
            }
        }
        return this;
    }

    /** Sets all elements of an integer tensor. Host tensors only. */
    public Tensor fillFrom(int[] values, int from, int length) {
        if (length != count() || dtype != DType.I32 || !isContiguous()) {
            throw new IllegalArgumentException("tensor '" + name + "' " + Arrays.toString(shape) + " of type " + dtype
                    + " takes " + count() + " I32 values, not " + length);
        }
        MemorySegment.copy(values, from, host(), ValueLayout.JAVA_INT_UNALIGNED, 0, length);
        return this;
    }

    /** Gives the memory back. Closing twice, or closing a view, does nothing. */
    @Override
    public void close() {
        if (root == this && !closed) {
            closed = true;
            Runnable r = release;
            release = null;
            r.run();
        }
    }

    @Override
    public String toString() {
        return name + Arrays.toString(shape) + ":" + dtype + "@" + device;
    }
}
