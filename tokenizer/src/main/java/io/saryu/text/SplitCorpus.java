package io.saryu.text;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The second stage: one clean text in, a training and a validation file out, by document (see {@link DocumentSplit}),
 * each in the order of the input. A report ({@code TRAIN.report.json}) is written beside the training file.
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
     */
    public record Options(double validationFraction, long seed, DocumentUnit unit, ReadOptions read) {
        /** One percent for validation, a document a line. */
        public static final Options DEFAULT = new Options(0.01, 0, DocumentUnit.LINE, ReadOptions.DEFAULT);

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
        Corpus corpus = Corpus.of(inputs);
        corpus.mustNotContain(train);
        corpus.mustNotContain(validation);
        if (train.toAbsolutePath().normalize().equals(validation.toAbsolutePath().normalize())) {
            throw new IllegalArgumentException("training and validation text would both go to " + train
                    + "; give two names");
        }
        DocumentSplit split = new DocumentSplit(options.validationFraction(), options.seed());
        Progress progress = new Progress(listener, corpus.bytes());
        long[] documents = new long[2];
        try (LineReader reader = new LineReader(corpus, options.read());
             AtomicTextWriter trainWriter = new AtomicTextWriter(train);
             AtomicTextWriter validationWriter = new AtomicTextWriter(validation)) {
            DocumentReader source = new DocumentReader(reader, options.unit());
            Document document;
            while ((document = source.next()) != null) {
                progress.at(reader.bytesRead());
                int side = split.isValidation(document.text()) ? 1 : 0;
                AtomicTextWriter writer = side == 1 ? validationWriter : trainWriter;
                if (options.unit() == DocumentUnit.PARAGRAPH && documents[side] > 0) {
                    writer.line("");
                }
                for (String line : document.lines()) {
                    writer.line(line);
                }
                documents[side]++;
            }
            progress.inputDone(corpus.bytes());
            if (documents[0] == 0 || documents[1] == 0) {
                throw new CorpusException("of the " + (documents[0] + documents[1]) + " documents in "
                        + String.join(", ", inputs) + " none is left for "
                        + (documents[0] == 0 ? "training" : "validation")
                        + "; give more text or another validation fraction than " + options.validationFraction());
            }
            validationWriter.commit();
            trainWriter.commit();
            Report report = new Report(reader.report(), new Side(train.toString(), documents[0], trainWriter.bytes()),
                    new Side(validation.toString(), documents[1], validationWriter.bytes()));
            Reports.write(train, report);
            return report;
        }
    }
}
