package io.saryu.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Shares numbered pieces of work out among threads. */
final class Workers {
    private final int threads;

    Workers(int threads) {
        this.threads = threads;
    }

    /** One piece of work, done with a thread's own memory. */
    @FunctionalInterface
    interface Work<S> {
        void run(S state, int number);
    }

    /**
     * Does {@code count} pieces of work; returns when all is done.
     *
     * @param state makes a thread's own memory
     * @param done  is given each thread's memory at its end, one at a time
     * @throws InterruptedException when the calling thread is interrupted; the other threads have ended then
     */
    <S> void run(int count, Supplier<S> state, Work<S> work, Consumer<S> done) throws InterruptedException {
        AtomicInteger next = new AtomicInteger();
        AtomicBoolean stop = new AtomicBoolean();
        Runnable body = () -> {
            S own = state.get();
            for (int number; !stop.get() && (number = next.getAndIncrement()) < count;) {
                work.run(own, number);
            }
            synchronized (next) {
                done.accept(own);
            }
        };
        List<FutureTask<Void>> tasks = new ArrayList<>();
        for (int t = 0; t < Math.max(1, Math.min(threads, count)); t++) {
            FutureTask<Void> task = new FutureTask<>(body, null);
            Thread.ofPlatform().daemon().name("tokenizer-" + t).start(task);
            tasks.add(task);
        }
        InterruptedException interrupted = null;
        Throwable failure = null;
        for (FutureTask<Void> task : tasks) {
            for (boolean ended = false; !ended;) {
                try {
                    task.get();
                    ended = true;
                } catch (InterruptedException e) {
                    interrupted = e;
                    stop.set(true);
                } catch (ExecutionException e) {
                    failure = failure == null ? e.getCause() : failure;
                    stop.set(true);
                    ended = true;
                }
            }
        }
        if (interrupted != null) {
            throw interrupted;
        }
        switch (failure) {
            case null -> { }
            case RuntimeException cause -> throw cause;
            case Error cause -> throw cause;
            default -> throw new IllegalStateException(failure);
        }
    }
}
