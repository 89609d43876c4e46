package io.saryu.data;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Work on parts of a stream by several threads, whose results one thread takes in the order of the parts. Bounded: when
 * two parts a thread are under way, {@link #put} waits for the first of them.
 *
 * @param <T> a part
 * @param <R> its result
 */
final class Pipeline<T, R> implements AutoCloseable {
    /** Takes the results, in order, on the thread that puts. */
    interface Sink<R> {
        void accept(R result) throws IOException;
    }

    private final Function<T, R> work;
    private final Sink<R> sink;
    private final ExecutorService workers;
    private final Queue<Future<R>> underWay = new ArrayDeque<>();
    private final int most;

    Pipeline(int threads, Function<T, R> work, Sink<R> sink) {
        this.work = work;
        this.sink = sink;
        this.most = 2 * threads;
        this.workers = Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().name("encode-", 0).factory());
    }

    /** Hands in the next part; may take results of earlier ones. */
    void put(T part) throws IOException {
        while (!underWay.isEmpty() && (underWay.size() >= most || underWay.peek().isDone())) {
            take();
        }
        underWay.add(workers.submit(() -> work.apply(part)));
    }

    /** Waits for all parts. */
    void finish() throws IOException {
        while (!underWay.isEmpty()) {
            take();
        }
    }

    private void take() throws IOException {
        try {
            sink.accept(underWay.remove().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped before the end; nothing was written");
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case RuntimeException cause -> throw cause;
                case Error cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        }
    }

    /** Gives up what is under way, and returns when no thread works any more. */
    @Override
    public void close() {
        workers.shutdownNow();
        workers.close();
    }
}
