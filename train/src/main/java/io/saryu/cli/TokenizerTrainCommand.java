package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.report.Amounts;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.tokenizer.TokenizerTrainer;
import io.saryu.tokenizer.TokenizerTrainerOptions;
import io.saryu.tokenizer.Trainer;
import io.saryu.train.Progress;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "train", description = "Trains a unigram tokenizer, a SentencePiece model.")
final class TokenizerTrainCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "INPUT", description = "Text files, folders or globs, one sentence a line.")
    private List<String> inputs;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "Tokenizer folder to write.")
    private Path folder;

    @Option(names = "--vocab-size", defaultValue = "50000", paramLabel = "N", description = "Pieces (default ${DEFAULT-VALUE}).")
    private int vocabSize;

    @Option(names = "--input-sentences", defaultValue = "0", paramLabel = "N",
            description = "Sentences to train on at most, picked at random; 0 for all (default ${DEFAULT-VALUE}).")
    private long inputSentences;

    @Option(names = "--character-coverage", defaultValue = "0.9995", paramLabel = "X",
            description = "Share of the characters with a piece of their own; the rest becomes bytes (default ${DEFAULT-VALUE}).")
    private double characterCoverage;

    @Option(names = "--trainer", defaultValue = "java", paramLabel = "java|sentencepiece",
            description = "Whose code trains (default ${DEFAULT-VALUE}: Saryu's own, on counted words, in little memory;"
                    + " SentencePiece's holds the whole text in memory).")
    private Trainer trainer;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        TokenizerTrainerOptions options = TokenizerTrainerOptions.DEFAULT.withVocabSize(vocabSize)
                .withThreads(Math.min(Backends.threads(threads), Tokenizer.MAX_THREADS))
                .withInputSentenceSize(inputSentences).withCharacterCoverage(characterCoverage).withTrainer(trainer);
        Progress progress = progress();
        TokenizerTrainer.Report report = Interrupt.stop(() -> {
            try (StageTask reading = new StageTask(progress, "reading", "bytes");
                    StageTask training = new StageTask(progress, "training", "thousandths")) {
                return TokenizerTrainer.run(inputs, folder, options, reading, (done, total) -> {
                    reading.close();
                    training.onProgress(done, total);
                });
            }
        });
        if (json) {
            printJson(report);
            return;
        }
        out().printf("%s: %,d pieces from %,d lines, %s%n", report.folder(), report.vocabSize(), report.lines(),
                Amounts.bytes(report.bytes()));
    }
}
