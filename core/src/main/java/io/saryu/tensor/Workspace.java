package io.saryu.tensor;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Reusable memory for activations and scratch: one region, or a few, in which tensors of any size share what others have
 * given back. A step that asks for the same shapes in the same order gets the same addresses as the step before and allocates
 * nothing. {@link #reserve} makes one region of what a step is known to need; without it, regions are added as they are
 * needed, and some of them may stay partly empty.
 *
 * <p>Belongs to one {@link io.saryu.backend.ExecutionContext} and is used by one thread at a time.
 */
public final class Workspace implements AutoCloseable {
    /** Allocates memory on a device; {@code Backend::allocate}. */
    @FunctionalInterface
    public interface Allocator {
        Tensor allocate(String name, DType dtype, long... shape);
    }

    /** Least size of a region, so that many small tensors do not become many regions. */
    private static final long SMALLEST_REGION = 1L << 20;

    private final Allocator allocator;
    private final FreeSpans free = new FreeSpans();
    private final List<Tensor> regions = new ArrayList<>();
    private final List<Long> extents = new ArrayList<>();
    private long bytesHeld;
    private long bytesInUse;
    private long peakInUse;
    private boolean closed;

    public Workspace(Allocator allocator) {
        this.allocator = allocator;
    }

    /**
     * Makes a region of {@code bytes}, unless so much is held already. Call it before a step whose need is known.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    public void reserve(long bytes) {
        check("reserve");
        if (bytes > bytesHeld) {
            addRegion(aligned(bytes - bytesHeld));
        }
    }

    /**
     * A tensor with undefined content; {@link Tensor#close()} returns its memory to this workspace.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    public Tensor acquire(String name, DType dtype, long... shape) {
        check(name);
        long n = dtype.bytes();
        for (long d : shape) {
            n = Math.multiplyExact(n, d);
        }
        long size = aligned(n);
        FreeSpans.Span span = free.take(size);
        if (span == null) {
            addRegion(Math.max(size, SMALLEST_REGION));
            span = free.take(size);
        }
        bytesInUse += size;
        peakInUse = Math.max(peakInUse, bytesInUse);
        extents.set(span.region(), Math.max(extents.get(span.region()), span.offset() + size));
        Tensor region = regions.get(span.region());
        MemorySegment memory = region.segment().asSlice(span.offset(), size);
        FreeSpans.Span own = span;
        return Tensor.of(name, dtype, region.device(), memory, () -> {
            bytesInUse -= size;
            if (!closed) {
                free.give(own);
            }
        }, shape);
    }

    private void check(String name) {
        if (closed) {
            throw new IllegalStateException("workspace was used after it was closed, for tensor '" + name + "'");
        }
    }

    private void addRegion(long bytes) {
        regions.add(allocator.allocate("workspace", DType.I8, bytes));
        extents.add(0L);
        bytesHeld += bytes;
        free.give(new FreeSpans.Span(regions.size() - 1, 0, bytes));
    }

    static long aligned(long bytes) {
        return Math.max(Tensor.ALIGNMENT, Math.addExact(bytes, Tensor.ALIGNMENT - 1) & -Tensor.ALIGNMENT);
    }

    /** Bytes obtained from the device, in use or not. */
    public long bytesHeld() {
        return bytesHeld;
    }

    /** Bytes that tensors have now. */
    public long bytesInUse() {
        return bytesInUse;
    }

    /**
     * What is free now: while this is equal, and so many bytes are held, equal sequences of tensors get equal addresses.
     * Who recorded addresses (a CUDA graph) sees by it whether they still hold.
     */
    public int state() {
        return 31 * regions.size() + free.hashCode();
    }

    /** Most bytes that were in use at one time. */
    public long peakBytesInUse() {
        return peakInUse;
    }

    /**
     * Bytes that were ever in use, with the gaps between them: what {@link #reserve} needs for the same work.
     *
     * @throws IllegalStateException when there are several regions: what one region in their place needs is not the sum of
     *                               theirs, because tensors would lie otherwise
     */
    public long extent() {
        if (extents.size() > 1) {
            throw new IllegalStateException("the workspace has " + extents.size() + " regions, so what its work needs in one"
                    + " is not known; reserve more before the work that is to be measured");
        }
        return extents.isEmpty() ? 0 : extents.getFirst();
    }

    /** Gives all memory back to the device. Tensors still in use become invalid and say so when touched. */
    @Override
    public void close() {
        closed = true;
        regions.forEach(Tensor::close);
        regions.clear();
        extents.clear();
        free.clear();
        bytesHeld = 0;
    }
}
