package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.report.Amounts;
import io.saryu.text.SplitCorpus;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "split", description = "Splits clean text into training and validation text, by document.")
final class CorpusSplitCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "INPUT", description = "Text files, folders or globs.")
    private List<String> inputs;

    @Option(names = "--train", required = true, paramLabel = "FILE", description = "Training text to write.")
    private Path train;

    @Option(names = "--validation", required = true, paramLabel = "FILE", description = "Validation text to write.")
    private Path validation;

    @Option(names = "--fraction", defaultValue = "0.01", paramLabel = "F",
            description = "Share of the documents for validation (default ${DEFAULT-VALUE}).")
    private double fraction;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Another seed gives another split.")
    private long seed;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "Threads that read; 0 takes SARYU_THREADS or all cores. The result is the same for any number.")
    private int threads;

    @Mixin
    private ReadingOptions reading;

    @Mixin
    private ReadingOptions.Unit unit;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        SplitCorpus.Options options = new SplitCorpus.Options(fraction, seed, unit.unit(), reading.options(),
                Backends.threads(threads));
        SplitCorpus.Report report =
                textStage("split", listener -> SplitCorpus.run(inputs, train, validation, options, listener));
        if (json) {
            printJson(report);
            return;
        }
        for (SplitCorpus.Side side : List.of(report.train(), report.validation())) {
            out().printf("%s: %,d documents, %s%n", side.output(), side.documents(), Amounts.bytes(side.bytes()));
        }
    }
}
