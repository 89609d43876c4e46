package io.saryu.tokenizer;

import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_result_data;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_result_free;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_result_offsets;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A result of the shim, parted by its offsets, and how the shim's errors are taken. Used by one thread. */
final class NativeResult implements AutoCloseable {
    static final String LIBRARY = "saryu_sentencepiece";
    private static final long ERROR_BYTES = 1024;

    private final MemorySegment handle;
    private final MemorySegment offsets;

    /** Takes over a result of {@code parts} parts. */
    NativeResult(MemorySegment handle, int parts) {
        this.handle = handle;
        this.offsets = saryu_sp_result_offsets(handle).reinterpret((parts + 1L) * Long.BYTES);
    }

    /** A call that returns 0 when it went well. */
    interface Call {
        int run(MemorySegment error, long errorSize);
    }

    /** The complaint of a call that failed; null when it went well. */
    static String call(Arena arena, Call call) {
        MemorySegment error = arena.allocate(ERROR_BYTES);
        return call.run(error, ERROR_BYTES) == 0 ? null : error.getString(0);
    }

    /** As {@link #call}, but a complaint is thrown. */
    static void check(Arena arena, Call call) throws ShimException {
        String complaint = call(arena, call);
        if (complaint != null) {
            throw new ShimException(complaint);
        }
    }

    /** A native copy; of one byte where there are none, so that it has an address. */
    static MemorySegment copy(Arena arena, byte[] bytes) {
        MemorySegment copy = arena.allocate(Math.max(bytes.length, 1));
        MemorySegment.copy(bytes, 0, copy, ValueLayout.JAVA_BYTE, 0, bytes.length);
        return copy;
    }

    /** Part {@code i}; valid until this is closed. */
    MemorySegment part(int i, int elementBytes) {
        long start = offsets.getAtIndex(ValueLayout.JAVA_LONG, i) * elementBytes;
        long end = offsets.getAtIndex(ValueLayout.JAVA_LONG, i + 1L) * elementBytes;
        return saryu_sp_result_data(handle).reinterpret(end).asSlice(start, end - start);
    }

    @Override
    public void close() {
        saryu_sp_result_free(handle);
    }
}
