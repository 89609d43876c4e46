package io.saryu.tensor;

/**
 * Memory of a tensor whose content nobody needs for a while, for others to use meanwhile: its owner lends ranges, and takes
 * each of them back before it writes there again. Borrowers get tensors as from a {@link Workspace}.
 *
 * <p>Used by one thread at a time.
 */
public final class LentMemory {
    private final Tensor lender;
    private final FreeSpans free = new FreeSpans();

    /** @param lender whose ranges will be lent; contiguous */
    public LentMemory(Tensor lender) {
        this.lender = lender;
    }

    /** The tensor whose memory this is. */
    public Tensor lender() {
        return lender;
    }

    /**
     * From now on the range may be borrowed; its content is lost. Neighbours that were lent before become one with it.
     *
     * @param first first element
     * @param count elements
     */
    public void lend(long first, long count) {
        free.give(span(first, count));
    }

    /**
     * Ends {@link #lend} of the same range.
     *
     * @throws IllegalStateException when a part of it is in use
     */
    public void takeBack(long first, long count) {
        if (!free.remove(span(first, count))) {
            throw new IllegalStateException("the memory of elements " + first + " to " + (first + count - 1) + " of "
                    + lender + " is to be written, but a tensor that borrowed it was not closed");
        }
    }

    /**
     * A tensor of undefined content in lent memory, which is free again when the tensor is closed.
     *
     * @return null where no lent range has room for it
     */
    public Tensor borrow(String name, DType dtype, long... shape) {
        long bytes = dtype.bytes();
        for (long d : shape) {
            bytes = Math.multiplyExact(bytes, d);
        }
        FreeSpans.Span span = free.take(Workspace.aligned(bytes));
        return span == null ? null : Tensor.of(name, dtype, lender.device(),
                lender.segment().asSlice(span.offset(), span.bytes()), () -> free.give(span), shape);
    }

    private FreeSpans.Span span(long first, long count) {
        int size = lender.dtype().bytes();
        return new FreeSpans.Span(0, first * size, count * size);
    }
}
