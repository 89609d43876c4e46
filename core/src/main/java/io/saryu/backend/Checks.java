package io.saryu.backend;

import io.saryu.tensor.DType;
import io.saryu.tensor.Device;
import io.saryu.tensor.Tensor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Single checks on the operands of an op, with messages that name the op, the operand's role, the tensor and what was
 * expected. {@link OpChecks} puts them together per op.
 *
 * <p>All throw {@link IllegalArgumentException}, except that a closed tensor throws {@link IllegalStateException}.
 */
public final class Checks {
    private Checks() {
    }

    /** That the tensor is there, not closed, and lives on that device. */
    public static void usable(String op, String role, Tensor t, Device device) {
        if (t == null) {
            throw new IllegalArgumentException(op + " needs " + role + ", but it is null");
        }
        t.segment();
        if (!t.device().equals(device)) {
            throw new IllegalArgumentException(op + " needs " + role + " on " + device + ", not " + t);
        }
    }

    /** That the tensor has exactly these dimensions. */
    public static void shape(String op, String role, Tensor t, long... dims) {
        boolean same = t.rank() == dims.length;
        for (int i = 0; same && i < dims.length; i++) {
            same = t.dim(i) == dims[i];
        }
        if (!same) {
            throw new IllegalArgumentException(
                    op + " needs " + role + " of shape " + Arrays.toString(dims) + ", not " + t);
        }
    }

    /** That the tensor has that many dimensions. */
    public static void rank(String op, String role, Tensor t, int rank) {
        if (t.rank() != rank) {
            throw new IllegalArgumentException(op + " needs " + role + " with " + rank
                    + (rank == 1 ? " dimension" : " dimensions") + ", not " + t);
        }
    }

    /** That the rows are dense; only matrices may have a row stride. */
    public static void contiguous(String op, String role, Tensor t) {
        if (!t.isContiguous()) {
            throw new IllegalArgumentException(
                    op + " needs " + role + " with dense rows, not " + t + " with row stride " + t.rowStride());
        }
    }

    /** That the element type is this one. */
    public static void dtype(String op, String role, Tensor t, DType dtype) {
        if (t.dtype() != dtype) {
            throw new IllegalArgumentException(op + " needs " + role + " of type " + dtype + ", not " + t);
        }
    }

    /** That ids are I32 (N), each in [0, limit) or equal to {@code ignored}; values are read only from host memory. */
    public static void ids(String op, String role, Tensor ids, long n, long limit, int ignored) {
        idList(op, role, ids, n);
        if (!ids.device().isHost()) {
            return;
        }
        MemorySegment s = ids.segment();
        for (long i = 0; i < n; i++) {
            int id = s.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4);
            if ((id < 0 || id >= limit) && id != ignored) {
                throw outOfRange(op, role, ids, i, id, limit);
            }
        }
    }

    /** That ids are I32 (N), each in [0, limit); values are read only from host memory. */
    public static void ids(String op, String role, Tensor ids, long n, long limit) {
        idList(op, role, ids, n);
        if (!ids.device().isHost()) {
            return;
        }
        MemorySegment s = ids.segment();
        for (long i = 0; i < n; i++) {
            int id = s.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4);
            if (id < 0 || id >= limit) {
                throw outOfRange(op, role, ids, i, id, limit);
            }
        }
    }

    /** {@link #ids(String, String, Tensor, long, long)}, and no id comes twice. */
    public static void distinctIds(String op, String role, Tensor ids, long n, long limit) {
        ids(op, role, ids, n, limit);
        if (!ids.device().isHost()) {
            return;
        }
        MemorySegment s = ids.segment();
        boolean ascending = true;
        for (long i = 1; ascending && i < n; i++) {
            ascending = s.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4 - 4) < s.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4);
        }
        // The usual case, a cache filled in order, needs no memory.
        if (ascending) {
            return;
        }
        BitSet seen = new BitSet();
        for (long i = 0; i < n; i++) {
            int id = s.get(ValueLayout.JAVA_INT_UNALIGNED, i * 4);
            if (seen.get(id)) {
                throw new IllegalArgumentException(
                        op + " needs distinct " + role + ", but " + ids + " has " + id + " again at index " + i);
            }
            seen.set(id);
        }
    }

    private static void idList(String op, String role, Tensor ids, long n) {
        dtype(op, role, ids, DType.I32);
        shape(op, role, ids, n);
    }

    private static IllegalArgumentException outOfRange(String op, String role, Tensor ids, long i, int id, long limit) {
        return new IllegalArgumentException(
                op + " needs " + role + " in [0, " + limit + "), but " + ids + " has " + id + " at index " + i);
    }

    /**
     * That a layout fits query and key/value rows: sequences cover exactly the query rows, key ranges lie inside the
     * key rows, no sequence has fewer keys than queries, and the stated maxima are not exceeded. Values are read only
     * from host memory.
     *
     * @param exclusive also that no two key ranges overlap, which a gradient needs
     */
    public static void layout(String op, AttentionLayout layout, long queryRows, long keyRows, boolean exclusive,
            Device device) {
        if (layout == null) {
            throw new IllegalArgumentException(op + " needs a layout, but it is null");
        }
        usable(op, "layout.cuSeqlensQ", layout.cuSeqlensQ(), device);
        usable(op, "layout.keyStart", layout.keyStart(), device);
        usable(op, "layout.keyLength", layout.keyLength(), device);
        rank(op, "layout.cuSeqlensQ", layout.cuSeqlensQ(), 1);
        rank(op, "layout.keyStart", layout.keyStart(), 1);
        rank(op, "layout.keyLength", layout.keyLength(), 1);
        if (!device.isHost()) {
            return;
        }
        int b = layout.batch();
        int first = intAt(layout.cuSeqlensQ(), 0);
        int last = intAt(layout.cuSeqlensQ(), b);
        if (first != 0 || last != queryRows) {
            throw new IllegalArgumentException(op + " has " + queryRows + " query rows, but " + layout.cuSeqlensQ()
                    + " goes from " + first + " to " + last);
        }
        boolean ordered = true;
        long freeFrom = 0;
        for (int i = 0; i < b; i++) {
            long tq = (long) intAt(layout.cuSeqlensQ(), i + 1) - intAt(layout.cuSeqlensQ(), i);
            long start = intAt(layout.keyStart(), i);
            long tk = intAt(layout.keyLength(), i);
            if (tq < 0 || start < 0 || tk < tq || start + tk > keyRows || tq > layout.maxQ() || tk > layout.maxK()) {
                throw new IllegalArgumentException(op + ": sequence " + i + " has " + tq + " queries (at most "
                        + layout.maxQ() + " by " + layout.cuSeqlensQ() + ") and keys [" + start + ", " + (start + tk)
                        + ") (at most " + layout.maxK() + ", " + layout.keyStart() + ", " + layout.keyLength()
                        + ") of " + keyRows + " key rows; keys must lie inside and be at least as many as queries");
            }
            ordered &= start >= freeFrom || tk == 0;
            freeFrom = Math.max(freeFrom, start + tk);
        }
        if (exclusive && !ordered) {
            overlap(op, layout);
        }
    }

    private static void overlap(String op, AttentionLayout layout) {
        long[] ranges = new long[layout.batch()];
        for (int i = 0; i < ranges.length; i++) {
            ranges[i] = (long) intAt(layout.keyStart(), i) << 32 | intAt(layout.keyLength(), i);
        }
        Arrays.sort(ranges);
        long freeFrom = 0;
        for (long r : ranges) {
            long start = r >>> 32;
            long length = (int) r;
            if (length > 0 && start < freeFrom) {
                throw new IllegalArgumentException(op + " needs key ranges that do not overlap, but "
                        + layout.keyStart() + " and " + layout.keyLength() + " give row " + start
                        + " to two sequences");
            }
            freeFrom = Math.max(freeFrom, start + length);
        }
    }

    private static int intAt(Tensor t, long i) {
        return t.segment().get(ValueLayout.JAVA_INT_UNALIGNED, i * 4);
    }
}
