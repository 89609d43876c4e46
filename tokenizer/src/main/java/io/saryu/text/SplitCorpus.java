package io.saryu.text;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;

/**
 * The second stage: one clean text in, a training and a validation file out, by document (see {@link DocumentSplit}),
 * each in the order of the input. A report ({@code TRAIN.report.json}) is written beside the training file. What is written does not
 * depend on the number of threads.
 */
public final class SplitCorpus {
    private SplitCorpus() {
    }

    /**
     * What to do.
     *
     * @param validationFraction share of the documents for validation, above 0 and below 1, reached on average
     * @param seed               another seed gives another split
     * @param unit               what a document is
     * @param read               how bad lines are taken
     * @param threads            threads that read documents and hash them; 0 takes as many as there are processors
     */
    public record Options(double validationFraction, long seed, DocumentUnit unit, ReadOptions read, int threads) {
        /** One percent for validation, a document a line. */
        public static final Options DEFAULT = new Options(0.01, 0, DocumentUnit.LINE, ReadOptions.DEFAULT);

        /** As many threads as there are processors. */
        public Options(double validationFraction, long seed, DocumentUnit unit, ReadOptions read) {
            this(validationFraction, seed, unit, read, 0);
        }

        /** Checks the fraction. */
        public Options {
            if (!(validationFraction > 0 && validationFraction < 1)) {
                throw new IllegalArgumentException("the validation fraction is " + validationFraction
                        + "; give a number above 0 and below 1, such as 0.01");
            }
        }
    }

    /**
     * What was done.
     *
     * @param read       what was read
     * @param train      the training side
     * @param validation the validation side
     */
    public record Report(ReadReport read, Side train, Side validation) {
    }

    /** One side: its file, documents and bytes. */
    public record Side(String output, long documents, long bytes) {
    }

    /**
     * Runs the stage.
     *
     * @param inputs as in {@link Corpus#of(List)}
     * @throws CorpusException when an input cannot be read, a side would stay empty, or an output cannot be written
     * @throws IllegalArgumentException when an output is an input, or both outputs are one
     */
    public static Report run(List<String> inputs, Path train, Path validation, Options options,
                             ProgressListener listener) throws IOException {
        return run(inputs, train, validation, options, CleanCorpus.Options.CHUNK_BYTES, listener);
    }

    static Report run(List<String> inputs, Path train, Path validation, Options options, int chunkBytes,
                      ProgressListener listener) throws IOException {
        Corpus corpus = Corpus.of(inputs);
        corpus.mustNotContain(train);
        corpus.mustNotContain(validation);
        if (train.toAbsolutePath().normalize().equals(validation.toAbsolutePath().normalize())) {
            throw new IllegalArgumentException("training and validation text would both go to " + train
                    + "; give two names");
        }
        // The lines as they are, in documents with the hashes that decide.
        CleanCorpus.Options asTheyAre = new CleanCorpus.Options(EnumSet.noneOf(CleanRule.class), options.unit(), false, null,
                options.read(), FilterOptions.NONE, options.threads(), 0);
        Progress progress = new Progress(listener, corpus.bytes());
        ReadProgress read = new ReadProgress(corpus, options.read(), new ReadTally().report(0), 0);
        ChunkReader reader = new ChunkReader(corpus, options.read(), options.unit(), chunkBytes, false);
        long bytes = 0;
        try (ChunkWorkers workers = new ChunkWorkers(reader, () -> new ChunkCleaner(asTheyAre, new ContentHash(options.seed())),
                     asTheyAre.workers(), chunkBytes);
             Sides sides = new Sides(train, validation, options)) {
            ChunkWorkers.Job job;
            while ((job = workers.next()) != null) {
                read.add(job.chunk, job.cleaned.read);
                sides.write(job.cleaned);
                bytes = job.chunk.consumed;
                progress.at(bytes);
                workers.done(job);
            }
            progress.inputDone(Math.max(bytes, corpus.bytes()));
            sides.commit(inputs);
            Report report = new Report(read.report(bytes), sides.report(train, 0), sides.report(validation, 1));
            Reports.write(train, report);
            return report;
        } catch (InterruptedException e) {
            throw stopped();
        } catch (CorpusException e) {
            // An interrupt closes the file that is being written.
            throw e.getCause() instanceof ClosedChannelException ? stopped() : e;
        }
    }

    private static InterruptedIOException stopped() {
        Thread.currentThread().interrupt();
        return new InterruptedIOException("stopped before the end; no result was written, start again");
    }

    /** Both files: training and validation. */
    private static final class Sides implements AutoCloseable {
        private final Options options;
        private final DocumentSplit split;
        private final AtomicTextWriter[] writers = new AtomicTextWriter[2];
        private final long[] documents = new long[2];

        Sides(Path train, Path validation, Options options) throws IOException {
            this.options = options;
            this.split = new DocumentSplit(options.validationFraction(), options.seed());
            writers[0] = new AtomicTextWriter(train);
            try {
                writers[1] = new AtomicTextWriter(validation);
            } catch (IOException e) {
                writers[0].close();
                throw e;
            }
        }

        /** Writes documents to their sides, those that follow each other on one side at once. */
        void write(CleanedChunk cleaned) throws IOException {
            int side = 0;
            int runStart = 0;
            int start = 0;
            for (int d = 0; d < cleaned.documents; d++) {
                int of = split.isValidation(cleaned.hashes[2 * d]) ? 1 : 0;
                // Each paragraph begins with the empty line before it; the first one of a side has none.
                boolean cut = options.unit() == DocumentUnit.PARAGRAPH && documents[of] == 0;
                if (of != side || cut) {
                    writers[side].write(cleaned.bytes, runStart, start - runStart);
                    runStart = cut ? start + 1 : start;
                    side = of;
                }
                documents[of]++;
                start = cleaned.ends[d];
            }
            writers[side].write(cleaned.bytes, runStart, start - runStart);
        }

        void commit(List<String> inputs) throws IOException {
            if (documents[0] == 0 || documents[1] == 0) {
                throw new CorpusException("of the " + (documents[0] + documents[1]) + " documents in "
                        + String.join(", ", inputs) + " none is left for "
                        + (documents[0] == 0 ? "training" : "validation")
                        + "; give more text or another validation fraction than " + options.validationFraction());
            }
            writers[1].commit();
            writers[0].commit();
        }

        Side report(Path file, int side) {
            return new Side(file.toString(), documents[side], writers[side].bytes());
        }

        @Override
        public void close() throws IOException {
            try {
                writers[0].close();
            } finally {
                writers[1].close();
            }
        }
    }
}
