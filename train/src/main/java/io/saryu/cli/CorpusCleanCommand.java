package io.saryu.cli;

import io.saryu.report.Amounts;
import io.saryu.text.CleanCorpus;
import io.saryu.text.CleanRule;
import io.saryu.text.SentenceSplitter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "clean", description = "Cleans text (NFC, invisible characters, controls, white space) and drops duplicates.")
final class CorpusCleanCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "INPUT", description = "Text files, folders or globs; .gz and .xz are read too.")
    private List<String> inputs;

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE", description = "Clean text, one line or sentence a line.")
    private Path output;

    @Mixin
    private ReadingOptions reading;

    @Mixin
    private ReadingOptions.Unit unit;

    @Option(names = "--without", paramLabel = "RULE", split = ",",
            description = "Cleaning rules to leave out: ${COMPLETION-CANDIDATES}.")
    private List<CleanRule> without = List.of();

    @Option(names = "--keep-duplicates", description = "Do not drop documents that came before.")
    private boolean keepDuplicates;

    @Option(names = "--sentences", description = "Split lines into sentences, one a line.")
    private boolean sentences;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Set<CleanRule> rules = EnumSet.allOf(CleanRule.class);
        without.forEach(rules::remove);
        CleanCorpus.Options options = new CleanCorpus.Options(rules, unit.unit(), !keepDuplicates,
                sentences ? new SentenceSplitter() : null, reading.options());
        CleanCorpus.Report report = textStage("clean", listener -> CleanCorpus.run(inputs, output, options, listener));
        if (json) {
            printJson(report);
            return;
        }
        out().printf("%s: %,d lines (%s) of %,d read; %,d changed, %,d of %,d documents dropped as duplicates,"
                + " %,d bad lines left out%n", report.output(), report.lines(), Amounts.bytes(report.bytes()),
                report.read().lines(), report.clean().changedLines(), report.duplicateDocuments(), report.documents(),
                report.read().badLineCount());
    }
}
