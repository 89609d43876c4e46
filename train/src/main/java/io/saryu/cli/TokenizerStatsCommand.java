package io.saryu.cli;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.saryu.backend.Backends;
import io.saryu.report.TokenizerPage;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.tokenizer.TokenizerComparison;
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

    @Option(names = "--compare", paramLabel = "DIR", description = "Another tokenizer to count the same text with.")
    private Path other;

    @Option(names = "--html", paramLabel = "FILE", description = "Also write a page with plots; it opens without a network.")
    private Path page;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Mixin
    private EncoderOption encoder;

    @Mixin
    private ReadingOptions reading;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    /** The report, and the comparison where there is one. */
    private record Output(@JsonUnwrapped TokenizerStatistics.Report report,
            @JsonInclude(JsonInclude.Include.NON_NULL) TokenizerComparison comparison) {
    }

    @Override
    void execute() throws Exception {
        Map<String, List<String>> byLanguage = NamedInputs.parse(inputs, "English=en.txt");
        try (Tokenizer tokenizer = Tokenizer.load(tokenizerFolder, encoder.encoder());
                Tokenizer second = other == null ? null : Tokenizer.load(other, encoder.encoder())) {
            TokenizerStatistics.Report report = count(tokenizer, byLanguage);
            TokenizerComparison comparison = second == null ? null : TokenizerComparison.of(tokenizerFolder.toString(), tokenizer,
                    report, other.toString(), second, count(second, byLanguage));
            if (page != null) {
                TokenizerPage.write(page, tokenizerFolder.toString(), tokenizer.vocabSize(), report, comparison);
            }
            if (json) {
                printJson(new Output(report, comparison));
                return;
            }
            out().print(report.table());
            if (comparison != null) {
                out().print("\n" + comparison.table());
            }
            if (page != null) {
                err().println("page: " + page);
            }
        }
    }

    private TokenizerStatistics.Report count(Tokenizer tokenizer, Map<String, List<String>> byLanguage) throws Exception {
        int workers = Math.min(Backends.threads(threads), Tokenizer.MAX_THREADS);
        return textStage("count",
                listener -> TokenizerStatistics.run(tokenizer, byLanguage, reading.options(), workers, listener));
    }
}
