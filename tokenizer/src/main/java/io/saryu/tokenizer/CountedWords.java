package io.saryu.tokenizer;

import io.saryu.text.Corpus;
import io.saryu.text.LineReader;
import io.saryu.text.ProgressListener;
import io.saryu.text.ReadOptions;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * The words of a corpus, counted: one thread reads, others count. Sorted runs of words lie in a folder until
 * {@link #close()}.
 */
final class CountedWords implements AutoCloseable {
    private static final int BATCH_CHARACTERS = 1 << 17;
    private static final long SEED = 12_345_678;

    final List<WordRun> runs = new ArrayList<>();
    final long lines;
    final long bytes;
    final long badLines;

    private CountedWords(List<WordCounter> counters, long lines, long badLines) {
        long sum = 0;
        for (WordCounter counter : counters) {
            runs.addAll(counter.runs());
            sum += counter.bytes();
        }
        this.lines = lines;
        this.bytes = sum;
        this.badLines = badLines;
    }

    /**
     * Counts.
     *
     * @param apart    what parts a line into sentences
     * @param folder   for the runs
     * @param maxUnits of words in memory, for all threads together
     */
    static CountedWords of(Corpus corpus, PieceTrie apart, Path folder, TokenizerTrainerOptions options, int maxUnits,
                           ProgressListener listener) throws IOException {
        long sentences = options.inputSentenceSize();
        long passes = sentences == 0 ? 1 : 2;
        long all = sentences == 0 ? 0 : lines(corpus, (done, total) -> listener.onProgress(done, passes * total));
        List<WordCounter> counters = new ArrayList<>();
        for (int t = 0; t < options.threads(); t++) {
            counters.add(new WordCounter(apart, folder, Math.max(maxUnits / options.threads(), 1 << 10)));
        }
        boolean done = false;
        Crew crew = new Crew(counters);
        try (LineReader reader = new LineReader(corpus, ReadOptions.DEFAULT)) {
            Selection selection = new Selection(sentences, all);
            List<String> batch = new ArrayList<>();
            long characters = 0;
            long lines = 0;
            for (String line; (line = reader.next()) != null;) {
                if (line.isBlank()) {
                    continue;
                }
                lines++;
                if (!selection.takes()) {
                    continue;
                }
                batch.add(line);
                characters += line.length();
                if (characters >= BATCH_CHARACTERS) {
                    crew.put(batch);
                    batch = new ArrayList<>();
                    characters = 0;
                    listener.onProgress((passes - 1) * corpus.bytes() + reader.bytesRead(), passes * corpus.bytes());
                }
            }
            crew.put(batch);
            crew.finish();
            listener.onProgress(passes * corpus.bytes(), passes * corpus.bytes());
            done = true;
            return new CountedWords(counters, lines, reader.report().badLineCount());
        } finally {
            if (!done) {
                crew.stop();
                for (WordCounter counter : counters) {
                    delete(counter.runs());
                }
            }
        }
    }

    private static long lines(Corpus corpus, ProgressListener listener) throws IOException {
        long lines = 0;
        try (LineReader reader = new LineReader(corpus, ReadOptions.DEFAULT)) {
            for (String line; (line = reader.next()) != null;) {
                lines += line.isBlank() ? 0 : 1;
                if ((lines & 0xFFFF) == 0) {
                    listener.onProgress(reader.bytesRead(), corpus.bytes());
                    stopIfInterrupted();
                }
            }
        }
        return lines;
    }

    private static void stopIfInterrupted() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("stopped before the end; no tokenizer was written");
        }
    }

    /** Picks {@code most} of {@code all} at random, the same each time (Knuth, algorithm S). */
    private static final class Selection {
        private final SplittableRandom random = new SplittableRandom(SEED);
        private long wanted;
        private long left;

        Selection(long most, long all) {
            wanted = most == 0 ? Long.MAX_VALUE : most;
            left = all;
        }

        boolean takes() {
            if (wanted >= left) {
                return true;
            }
            boolean takes = random.nextLong(left--) < wanted;
            wanted -= takes ? 1 : 0;
            return takes;
        }
    }

    private static void delete(List<WordRun> runs) throws IOException {
        for (WordRun run : runs) {
            run.delete();
        }
    }

    @Override
    public void close() throws IOException {
        delete(runs);
    }

    /** The threads that count. */
    private static final class Crew {
        private static final List<String> END = new ArrayList<>();

        private final BlockingQueue<List<String>> queue;
        private final List<FutureTask<Void>> tasks = new ArrayList<>();
        private final List<Thread> threads = new ArrayList<>();

        Crew(List<WordCounter> counters) {
            queue = new ArrayBlockingQueue<>(2 * counters.size());
            for (WordCounter counter : counters) {
                FutureTask<Void> task = new FutureTask<>(() -> {
                    for (List<String> batch; (batch = queue.take()) != END;) {
                        for (String line : batch) {
                            counter.add(line);
                        }
                    }
                    counter.finish();
                    return null;
                });
                tasks.add(task);
                threads.add(Thread.ofPlatform().daemon().name("count-words-" + tasks.size()).start(task));
            }
        }

        void put(List<String> batch) throws IOException {
            try {
                while (!queue.offer(batch, 50, TimeUnit.MILLISECONDS)) {
                    for (FutureTask<Void> task : tasks) {
                        if (task.isDone()) {
                            result(task);
                        }
                    }
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopIfInterrupted();
            }
        }

        void finish() throws IOException {
            for (int i = 0; i < tasks.size(); i++) {
                put(END);
            }
            for (FutureTask<Void> task : tasks) {
                result(task);
            }
        }

        private static void result(FutureTask<Void> task) throws IOException {
            try {
                task.get();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                stopIfInterrupted();
            } catch (ExecutionException e) {
                switch (e.getCause()) {
                    case IOException cause -> throw cause;
                    case RuntimeException cause -> throw cause;
                    case Error cause -> throw cause;
                    default -> throw new IllegalStateException(e.getCause());
                }
            }
        }

        /** Ends all threads; returns when they have. */
        void stop() {
            threads.forEach(Thread::interrupt);
            boolean interrupted = false;
            for (Thread thread : threads) {
                while (thread.isAlive()) {
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
