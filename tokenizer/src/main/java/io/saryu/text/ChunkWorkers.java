package io.saryu.text;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Cleans the chunks of a corpus on several threads and hands them over in order. One thread reads; as many as asked
 * clean; so many chunks are in memory at most as there are of these and two more.
 */
final class ChunkWorkers implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    /** A chunk on its way through, with what works on it; one thread has it at a time. */
    static final class Job {
        final Chunk chunk;
        final CleanedChunk cleaned;
        private final ChunkCleaner cleaner;

        private Job(ChunkCleaner cleaner, int chunkBytes) {
            chunk = new Chunk(chunkBytes);
            cleaned = new CleanedChunk(chunkBytes + chunkBytes / 8);
            this.cleaner = cleaner;
        }

        private Job run() {
            cleaner.clean(chunk, cleaned);
            return this;
        }
    }

    private final BlockingQueue<Job> free;
    private final BlockingQueue<Future<Job>> inOrder;
    private final ExecutorService workers;
    private final Thread reading;

    /** Begins; {@code reader} is closed at the end of the corpus or by {@link #close}. */
    ChunkWorkers(ChunkReader reader, Supplier<ChunkCleaner> cleaners, int threads, int chunkBytes) {
        int jobs = threads + 2;
        free = new ArrayBlockingQueue<>(jobs);
        inOrder = new ArrayBlockingQueue<>(jobs + 1);
        for (int i = 0; i < jobs; i++) {
            free.add(new Job(cleaners.get(), chunkBytes));
        }
        workers = Executors.newFixedThreadPool(threads,
                Thread.ofPlatform().name("saryu-clean-", 0).daemon().factory());
        reading = Thread.ofPlatform().name("saryu-clean-reader").daemon().start(() -> read(reader));
    }

    /** The next chunk of the corpus, cleaned; null after the last one. Give it back with {@link #done}. */
    Job next() throws InterruptedException {
        try {
            return inOrder.take().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException("cleaning failed: " + e.getCause(), e.getCause());
        }
    }

    void done(Job job) {
        free.add(job);
    }

    private void read(ChunkReader reader) {
        try (reader) {
            Job job = free.take();
            while (reader.next(job.chunk)) {
                inOrder.put(workers.submit(job::run));
                job = free.take();
            }
            inOrder.put(CompletableFuture.completedFuture(null));
        } catch (InterruptedException e) {
            // Closed: nobody takes what would follow.
            Thread.currentThread().interrupt();
        } catch (IOException | RuntimeException | Error e) {
            // There is a place more in the queue than there are jobs, so this always fits.
            inOrder.add(CompletableFuture.failedFuture(e));
        }
    }

    @Override
    public void close() {
        reading.interrupt();
        workers.shutdownNow();
        try {
            // A reader of standard input may never hear of it; it is a daemon and holds nothing of ours.
            reading.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            workers.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
