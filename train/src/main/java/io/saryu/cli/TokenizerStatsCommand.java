package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.tokenizer.TokenizerStatistics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "stats", description = "Counts what a tokenizer makes of text: tokens a word, unknown and byte tokens, shares.")
final class TokenizerStatsCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "LANG=INPUT", description = "Text per language: English=en.txt Hindi=hi.txt ...")
    private List<String> inputs;

    @Option(names = "--tokenizer", required = true, paramLabel = "DIR", description = "Tokenizer or model folder.")
    private Path tokenizerFolder;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Mixin
    private EncoderOption encoder;

    @Mixin
    private ReadingOptions reading;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Map<String, List<String>> byLanguage = NamedInputs.parse(inputs, "English=en.txt");
        int workers = Math.min(Backends.threads(threads), Tokenizer.MAX_THREADS);
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder, encoder.encoder())) {
            TokenizerStatistics.Report report = textStage("count",
                    listener -> TokenizerStatistics.run(tokenizer, byLanguage, reading.options(), workers, listener));
            out().print(json ? report.json() + System.lineSeparator() : report.table());
        }
    }
}
