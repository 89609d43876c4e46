package io.saryu.tokenizer;

import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_decode;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_encode;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_free;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_load;

import io.saryu.bindings.NativeLibraries;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/** The shim's model with its life time. Thread-safe: closing waits for calls in progress, later calls are refused. */
final class NativeModel implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final MemorySegment handle;
    private final Cleaner.Cleanable cleanable;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private NativeModel(MemorySegment handle) {
        this.handle = handle;
        this.cleanable = CLEANER.register(this, () -> saryu_sp_free(handle));
    }

    /** Loads the shim on first use, then a model. */
    static NativeModel load(byte[] bytes) throws ShimException {
        NativeLibraries.load(NativeResult.LIBRARY);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment copy = NativeResult.copy(arena, bytes);
            NativeResult.check(arena, (error, size) -> saryu_sp_load(copy, bytes.length, out, error, size));
            return new NativeModel(out.get(ValueLayout.ADDRESS, 0));
        }
    }

    int[][] encode(List<String> texts, int threads) throws ShimException {
        try (Arena arena = Arena.ofConfined()) {
            byte[][] parts = new byte[texts.size()][];
            MemorySegment offsets = arena.allocate(ValueLayout.JAVA_LONG, parts.length + 1L);
            long total = 0;
            for (int i = 0; i < parts.length; i++) {
                parts[i] = Utf8.encode(texts.get(i));
                total += parts[i].length;
                offsets.setAtIndex(ValueLayout.JAVA_LONG, i + 1L, total);
            }
            MemorySegment bytes = arena.allocate(Math.max(total, 1));
            for (int i = 0; i < parts.length; i++) {
                MemorySegment.copy(parts[i], 0, bytes, ValueLayout.JAVA_BYTE,
                        offsets.getAtIndex(ValueLayout.JAVA_LONG, i), parts[i].length);
            }
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            use(model -> NativeResult.call(arena, (error, size) ->
                    saryu_sp_encode(model, bytes, offsets, parts.length, threads, out, error, size)));
            try (NativeResult result = new NativeResult(out.get(ValueLayout.ADDRESS, 0), parts.length)) {
                int[][] ids = new int[parts.length][];
                for (int i = 0; i < ids.length; i++) {
                    ids[i] = result.part(i, Integer.BYTES).toArray(ValueLayout.JAVA_INT);
                }
                return ids;
            }
        }
    }

    String[] decode(List<int[]> sequences, int threads) throws ShimException {
        try (Arena arena = Arena.ofConfined()) {
            int count = sequences.size();
            MemorySegment offsets = arena.allocate(ValueLayout.JAVA_LONG, count + 1L);
            long total = 0;
            for (int i = 0; i < count; i++) {
                total += sequences.get(i).length;
                offsets.setAtIndex(ValueLayout.JAVA_LONG, i + 1L, total);
            }
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, Math.max(total, 1));
            for (int i = 0; i < count; i++) {
                MemorySegment.copy(sequences.get(i), 0, ids, ValueLayout.JAVA_INT,
                        offsets.getAtIndex(ValueLayout.JAVA_LONG, i) * Integer.BYTES, sequences.get(i).length);
            }
            MemorySegment out = arena.allocate(ValueLayout.ADDRESS);
            use(model -> NativeResult.call(arena, (error, size) ->
                    saryu_sp_decode(model, ids, offsets, count, threads, out, error, size)));
            try (NativeResult result = new NativeResult(out.get(ValueLayout.ADDRESS, 0), count)) {
                String[] texts = new String[count];
                for (int i = 0; i < count; i++) {
                    texts[i] = new String(result.part(i, 1).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
                }
                return texts;
            }
        }
    }

    /** Hands the open model to {@code call}, whose answer is the shim's complaint or null. */
    private void use(Function<MemorySegment, String> call) throws ShimException {
        String complaint = apply(call);
        if (complaint != null) {
            throw new ShimException(complaint);
        }
    }

    /** Hands the open model to {@code call}. */
    <T> T apply(Function<MemorySegment, T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException("the tokenizer is closed; load it again");
            }
            return call.apply(handle);
        } finally {
            lock.readLock().unlock();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closed = true;
            cleanable.clean();
        } finally {
            lock.writeLock().unlock();
        }
    }
}
