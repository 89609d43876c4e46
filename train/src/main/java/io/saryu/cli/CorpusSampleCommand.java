package io.saryu.cli;

import io.saryu.report.Amounts;
import io.saryu.text.SampleCorpus;
import io.saryu.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

@Command(name = "sample", description = "Samples lines of several languages by share, to train a tokenizer on.")
final class CorpusSampleCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "LANG=INPUT", description = "Text per language: en=en.txt hi=hi.txt ...")
    private List<String> inputs;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE", description = "Sampled text to write.")
    private Path output;

    @Option(names = {"--lines", "--total"}, paramLabel = "N",
            description = "Lines of the sample, or what --by says (default: as many as --max-epochs allow).")
    private long total;

    @Option(names = "--by", defaultValue = "lines", paramLabel = "UNIT",
            description = "What shares are shares of: lines, words, bytes, or tokens of --tokenizer (default ${DEFAULT-VALUE}).")
    private String by;

    @Option(names = "--tokenizer", paramLabel = "DIR", description = "Tokenizer or model folder that --by tokens counts with.")
    private Path tokenizerFolder;

    @Option(names = "--share", required = true, split = ",", paramLabel = "LANG=SHARE",
            description = "Shares, adding up to 1: en=0.5,hi=0.35,awa=0.15.")
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
        if (by.equals("tokens") != (tokenizerFolder != null)) {
            throw new ParameterException(line(), "--by tokens and --tokenizer DIR go together; give both or none");
        }
        if (tokenizerFolder == null) {
            sample(measure());
            return;
        }
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder)) {
            // The mark that follows each document counts, as it does in a token file.
            sample(new SampleCorpus.Measure("tokens", text -> tokenizer.encode(text).length + 1L));
        }
    }

    private SampleCorpus.Measure measure() {
        return Stream.of(SampleCorpus.Measure.LINES, SampleCorpus.Measure.WORDS, SampleCorpus.Measure.BYTES)
                .filter(m -> m.unit().equals(by)).findFirst().orElseThrow(() -> new ParameterException(line(),
                        "--by is '" + by + "'; give lines, words, bytes or tokens"));
    }

    private void sample(SampleCorpus.Measure measure) throws Exception {
        Map<String, List<String>> byLanguage = NamedInputs.parse(inputs, "en=en.txt");
        SampleCorpus.Options options = new SampleCorpus.Options(total, measure, NamedInputs.numbers(shares, "en=0.5"),
                maxEpochs, seed, reading.options());
        SampleCorpus.Report report =
                textStage("sample", listener -> SampleCorpus.run(byLanguage, output, options, listener));
        if (json) {
            printJson(report);
            return;
        }
        out().printf("%s: %,d lines, %s%n", report.output(), report.lines(), Amounts.bytes(report.bytes()));
        report.languages().forEach(l -> out().printf("  %-8s %,14d %s (%.1f %% of %.1f %% asked), %.2f epochs, %,d lines,"
                + " %.1f %% of the bytes%n", l.language(), l.sampled(), report.unit(), 100 * l.reachedShare(),
                100 * l.targetShare(), l.epochs(), l.lines(), 100 * l.byteShare()));
        report.findings().forEach(f -> out().println("- " + f));
    }
}
