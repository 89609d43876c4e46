package io.saryu.kernels.cuda;

import io.saryu.backend.AttentionLayout;

/**
 * How wide the tiles of attention on tensor cores are on a GPU, and the shared memory of a block that works on them; attention.cu
 * and attention_backward.h count alike. Wide tiles, of 128 rows, read less; narrow ones, of 64, make more blocks.
 *
 * @param target                  architecture that kernels are compiled for, 80 for sm_80
 * @param multiprocessors         of the GPU
 * @param sharedPerBlock          most bytes of shared memory of a block
 * @param sharedPerMultiprocessor bytes of shared memory for all blocks of a multiprocessor
 * @param width                   which tiles may be taken
 */
record AttentionTiles(int target, int multiprocessors, int sharedPerBlock, int sharedPerMultiprocessor, Width width) {
    /** Which tiles may be taken. */
    enum Width {
        /** The wide ones where they keep the GPU busy. */
        FITTING,
        /** The narrow ones. */
        NARROW,
        /** The wide ones wherever a block has the memory for them. */
        WIDE
    }

    /** Blocks that a multiprocessor is to have: while one waits for memory or computes a softmax, the other multiplies. */
    private static final int BLOCKS = 2;
    /** Bytes of shared memory that CUDA keeps of each block, from sm_80. */
    private static final int RESERVED = 1024;

    static AttentionTiles of(CudaDevice device, Width width) {
        return new AttentionTiles(device.target(), device.multiprocessors(), device.sharedPerBlock(),
                device.sharedPerMultiprocessor(), width);
    }

    /**
     * Whether tiles of queries are wide in the forward pass.
     *
     * @param head head size that kernels are made for
     */
    boolean wideForward(int head, AttentionLayout l) {
        return wide(forwardShared(head, true), l.maxQ() > 64 && fills(l.maxQ(), l.batch(), l.heads()));
    }

    /**
     * Whether tiles of queries, and for heads below 128 those of keys, are wide in the backward pass. A block of keys works for
     * all query heads of its group, so there must be enough of those blocks by themselves.
     */
    boolean wideBackward(int head, AttentionLayout l) {
        return wide(backwardShared(head, true), l.maxQ() > 64 && fills(l.maxQ(), l.batch(), l.heads())
                && (head == 128 || fills(l.maxK(), l.batch(), l.kvHeads())));
    }

    private boolean wide(int shared, boolean fills) {
        return shared <= sharedPerBlock && switch (width) {
            case FITTING -> fills && BLOCKS * (shared + (target >= 80 ? RESERVED : 0)) <= sharedPerMultiprocessor;
            case NARROW -> false;
            case WIDE -> true;
        };
    }

    /** Whether wide tiles of so many rows make blocks enough. */
    private boolean fills(int rows, int sequences, int heads) {
        return (long) Math.ceilDiv(rows, 128) * sequences * heads >= (long) BLOCKS * multiprocessors;
    }

    /** Tiles that pass by are there twice, the second one under way, where copies are asynchronous. */
    private int buffers() {
        return target >= 80 ? 2 : 1;
    }

    /** Bytes of a tile of queries and of the tiles of keys and values that pass by: KEYS of attention.cu. */
    int forwardShared(int head, boolean wide) {
        boolean little = target == 75 || target == 86 || target == 89 || target >= 120;
        int keys = head == 128 && (wide || little) ? 32 : 64;
        return Short.BYTES * head * ((wide ? 128 : 64) + 2 * buffers() * keys);
    }

    /** Bytes of two tiles that are kept, two that pass by, and statistics of queries: attention_backward.h. */
    int backwardShared(int head, boolean wide) {
        int stream = head == 128 ? 32 : 64;
        int queryRows = wide ? 128 : 64;
        int passing = 2 * buffers() * stream * head;
        int keys = Short.BYTES * (2 * keyRows(head, wide) * head + passing) + 4 * stream * Float.BYTES;
        int queries = Short.BYTES * (2 * queryRows * head + passing) + 2 * queryRows * Float.BYTES;
        return Math.max(keys, queries);
    }

    /** Rows of a tile of keys in the backward pass. */
    static int keyRows(int head, boolean wide) {
        return wide && head < 128 ? 128 : 64;
    }
}
