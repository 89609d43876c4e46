package io.saryu.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reusable memory for activations and scratch. A closed tensor's block goes back on a last-in-first-out list of its size
 * class, so a step that asks for the same shapes in the same order gets the same addresses as the step before and
 * allocates nothing.
 *
 * <p>Belongs to one {@link io.saryu.backend.ExecutionContext} and is used by one thread at a time.
 */
public final class Workspace implements AutoCloseable {
    /** Allocates memory on a device; {@code Backend::allocate}. */
    @FunctionalInterface
    public interface Allocator {
        Tensor allocate(String name, DType dtype, long... shape);
    }

    private final Allocator allocator;
    private final Map<Long, ArrayDeque<Tensor>> free = new HashMap<>();
    private final List<Tensor> blocks = new ArrayList<>();
    private long bytesHeld;
    private long bytesInUse;
    private long peakInUse;
    private boolean closed;

    public Workspace(Allocator allocator) {
        this.allocator = allocator;
    }

    /**
     * A tensor with undefined content; {@link Tensor#close()} returns its memory to this workspace.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    public Tensor acquire(String name, DType dtype, long... shape) {
        if (closed) {
            throw new IllegalStateException("workspace was used after it was closed, for tensor '" + name + "'");
        }
        long n = dtype.bytes();
        for (long d : shape) {
            n = Math.multiplyExact(n, d);
        }
        long size = sizeClass(n);
        ArrayDeque<Tensor> list = free.computeIfAbsent(size, k -> new ArrayDeque<>());
        Tensor block = list.pollLast();
        if (block == null) {
            block = allocator.allocate("workspace", DType.I8, size);
            blocks.add(block);
            bytesHeld += size;
        }
        bytesInUse += size;
        peakInUse = Math.max(peakInUse, bytesInUse);
        Tensor owner = block;
        return Tensor.of(name, dtype, block.device(), block.segment(), () -> {
            bytesInUse -= size;
            list.addLast(owner);
        }, shape);
    }

    /**
     * Sizes are rounded up by at most 1/16, so that sequences of ever new lengths end in a bounded number of classes.
     */
    static long sizeClass(long bytes) {
        long aligned = Math.max(Tensor.ALIGNMENT, bytes + Tensor.ALIGNMENT - 1 & -Tensor.ALIGNMENT);
        long step = Math.max(Tensor.ALIGNMENT, Long.highestOneBit(aligned) >> 4);
        return (aligned + step - 1) / step * step;
    }

    /** Bytes obtained from the device, in use or not. */
    public long bytesHeld() {
        return bytesHeld;
    }

    /** Most bytes that were in use at one time. */
    public long peakBytesInUse() {
        return peakInUse;
    }

    /** Gives every block back to the device. Tensors still in use become invalid and say so when touched. */
    @Override
    public void close() {
        closed = true;
        blocks.forEach(Tensor::close);
        blocks.clear();
        free.clear();
        bytesHeld = 0;
    }
}
