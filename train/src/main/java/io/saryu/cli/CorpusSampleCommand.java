package io.saryu.cli;

import io.saryu.report.Amounts;
import io.saryu.text.SampleCorpus;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "sample", description = "Samples lines of several languages by share, to train a tokenizer on.")
final class CorpusSampleCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "LANG=INPUT", description = "Text per language: en=en.txt hi=hi.txt ...")
    private List<String> inputs;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE", description = "Sampled text to write.")
    private Path output;

    @Option(names = "--lines", required = true, paramLabel = "N", description = "Lines of the sample.")
    private long lines;

    @Option(names = "--share", required = true, split = ",", paramLabel = "LANG=SHARE",
            description = "Shares of the lines, adding up to 1: en=0.5,hi=0.35,awa=0.15.")
    private List<String> shares;

    @Option(names = "--max-epochs", defaultValue = "1", paramLabel = "N",
            description = "How often a language's lines may come (default ${DEFAULT-VALUE}).")
    private double maxEpochs;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Another seed gives another sample.")
    private long seed;

    @Mixin
    private ReadingOptions reading;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Map<String, List<String>> byLanguage = NamedInputs.parse(inputs, "en=en.txt");
        SampleCorpus.Options options = new SampleCorpus.Options(lines, NamedInputs.numbers(shares, "en=0.5"), maxEpochs, seed,
                reading.options());
        SampleCorpus.Report report =
                textStage("sample", listener -> SampleCorpus.run(byLanguage, output, options, listener));
        if (json) {
            printJson(report);
            return;
        }
        out().printf("%s: %,d lines, %s%n", report.output(), report.lines(), Amounts.bytes(report.bytes()));
        report.languages().forEach(l -> out().printf("  %-8s %,12d lines (%.1f %%), %.1f %% of the bytes, %.2f epochs%n",
                l.language(), l.sampledLines(), 100 * l.reachedShare(), 100 * l.byteShare(), l.epochs()));
    }
}
