package io.saryu.dist;

import io.saryu.backend.Backend;
import io.saryu.backend.ExecutionContext;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/**
 * A rank's second thread, which runs its asynchronous collectives one after the other, in a context of its own with one
 * thread: contexts belong to one thread at a time. All methods are called by the rank's first thread.
 */
final class CommunicationThread implements AutoCloseable {
    private final ExecutorService executor;
    private final ExecutionContext ctx;
    private final Deque<Future<?>> begun = new ArrayDeque<>();

    CommunicationThread(Backend backend, int rank) {
        this.ctx = backend.newContext(1);
        this.executor = Executors.newSingleThreadExecutor(
                work -> Thread.ofPlatform().name("saryu-communication-" + rank).daemon().unstarted(work));
    }

    void begin(Consumer<ExecutionContext> collective) {
        begun.addLast(executor.submit(() -> collective.accept(ctx)));
    }

    /** Whether something was begun that nobody has waited for and that is not done. */
    boolean isBusy() {
        return begun.stream().anyMatch(f -> !f.isDone());
    }

    /** Waits for all that was begun; throws what the first that failed threw. */
    void finish() throws InterruptedException {
        while (!begun.isEmpty()) {
            try {
                begun.peekFirst().get();
                begun.removeFirst();
            } catch (ExecutionException e) {
                begun.removeFirst();
                if (e.getCause() instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) e.getCause();
            }
        }
    }

    /** Waits for the thread to end. */
    @Override
    public void close() {
        executor.close();
        ctx.close();
    }
}
