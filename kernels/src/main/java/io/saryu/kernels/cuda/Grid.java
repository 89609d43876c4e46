package io.saryu.kernels.cuda;

/** Sizes of grids. Kernels go through what is left in strides of their grid, so that no size is too large to launch. */
final class Grid {
    /** Threads of a block where nothing asks for another number. */
    static final int THREADS = 256;
    /** Far more blocks than any GPU has room for at a time. */
    private static final long MOST_BLOCKS = 1 << 20;

    private Grid() {
    }

    /** Blocks for n items of which a block takes {@code each}. */
    static long of(long n, long each) {
        return Math.min(MOST_BLOCKS, ceilDiv(n, each));
    }

    static long ceilDiv(long n, long each) {
        return (n + each - 1) / each;
    }

    /** Threads of a block whose warps take a row each, for n rows. */
    static int warpsFor(long n) {
        return 32 * (int) Math.max(1, Math.min(THREADS / 32, n));
    }

    /** Blocks whose warps take a row each. */
    static long ofRows(long n) {
        return of(n, warpsFor(n) / 32);
    }

    /** Threads of a block that takes pieces of rows of c elements, {@code width} elements a thread. */
    static int threadsFor(long c, int width) {
        return (int) Math.min(THREADS, Math.max(32, ceilDiv(ceilDiv(c, width), 32) * 32));
    }

    /** Blocks that take pieces of n rows of c elements. */
    static long ofPieces(long n, long c, int width) {
        return of(n * ceilDiv(c, (long) width * threadsFor(c, width)), 1);
    }
}
