package io.saryu.cli;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;

/**
 * Ctrl-C during long work. The JVM answers SIGINT and SIGTERM by running its shutdown hooks; ours tells the work to stop
 * and waits until it has saved. The JVM then ends with 130 (SIGINT) or 143 (SIGTERM), as shells expect.
 */
final class Interrupt {
    /** What work that saves has for it. */
    static final Duration SAVE = Duration.ofMinutes(10);
    private static final Duration STOP = Duration.ofSeconds(15);
    private static final long PRINT_SECONDS = 5;
    /** Open while this thread's command has something to say yet: the JVM must not end before its last line is out. */
    private static final ThreadLocal<CountDownLatch> COMMAND = new ThreadLocal<>();

    private volatile boolean requested;

    private Interrupt() {
    }

    /** Whether the work should save and end. */
    boolean requested() {
        return requested;
    }

    /** Runs a whole command, whose printing a JVM that ends by Ctrl-C waits for. */
    static int command(IntSupplier body) {
        CountDownLatch printed = new CountDownLatch(1);
        COMMAND.set(printed);
        try {
            return body.getAsInt();
        } finally {
            COMMAND.remove();
            printed.countDown();
        }
    }

    /**
     * Runs work that looks at {@link #requested()} between steps, saves and returns; it has ten minutes for that.
     *
     * @param announce runs once when Ctrl-C comes, on another thread
     */
    static <T> T save(Runnable announce, Work<T> work) throws Exception {
        return save(announce, SAVE, work);
    }

    /** As {@link #save(Runnable, Work)}, for work that waits for others that save. */
    static <T> T save(Runnable announce, Duration patience, Work<T> work) throws Exception {
        Interrupt interrupt = new Interrupt();
        return guarded(() -> work.run(interrupt), worker -> {
            interrupt.requested = true;
            announce.run();
        }, patience);
    }

    /** Runs work that ends when its thread is interrupted, removing what it had half written. */
    static <T> T stop(Callable<T> work) throws Exception {
        return guarded(work, Thread::interrupt, STOP);
    }

    private static <T> T guarded(Callable<T> work, Consumer<Thread> onSignal, Duration patience) throws Exception {
        Thread worker = Thread.currentThread();
        CountDownLatch ended = new CountDownLatch(1);
        CountDownLatch printed = COMMAND.get();
        Thread hook = new Thread(() -> {
            onSignal.accept(worker);
            try {
                if (ended.await(patience.toMillis(), TimeUnit.MILLISECONDS) && printed != null) {
                    printed.await(PRINT_SECONDS, TimeUnit.SECONDS);
                }
            } catch (InterruptedException e) {
                // Nobody interrupts a shutdown hook; if so, the JVM may end.
                Thread.currentThread().interrupt();
            }
        }, "saryu-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return work.call();
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // The JVM is ending already: the hook is what waited for us.
                Thread.interrupted();
            }
        }
    }

    /** Work that can be told to stop. */
    @FunctionalInterface
    interface Work<T> {
        T run(Interrupt interrupt) throws Exception;
    }
}
