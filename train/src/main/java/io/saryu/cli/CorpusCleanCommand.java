package io.saryu.cli;

import io.saryu.backend.Backends;
import io.saryu.report.Amounts;
import io.saryu.text.CleanCorpus;
import io.saryu.text.CleanRule;
import io.saryu.text.FilterOptions;
import io.saryu.text.LineFilter;
import io.saryu.text.PersonalDataReport;
import io.saryu.text.PersonalDataUse;
import io.saryu.text.SentenceSplitter;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "clean", description = "Cleans text (NFC, invisible characters, controls, white space) and drops duplicates.")
final class CorpusCleanCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "INPUT", description = "Text, .jsonl, .csv or .tsv files, packed"
            + " as .gz, .xz or .zst or not, folders or globs; - is standard input.")
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

    @Option(names = "--min-characters", defaultValue = "0", paramLabel = "N", description = "Drop shorter lines.")
    private int minCharacters;

    @Option(names = "--max-symbols", defaultValue = "1", paramLabel = "SHARE",
            description = "Drop lines of whose characters a larger share are digits, punctuation and symbols (0 to 1).")
    private double maxSymbols;

    @Option(names = "--max-repeats", defaultValue = "0", paramLabel = "N",
            description = "Drop lines with one character or word more often in a row; 0 for no limit.")
    private int maxRepeats;

    @Option(names = "--drop-mojibake", description = "Drop lines with known mojibake, which are counted either way.")
    private boolean dropMojibake;

    @Option(names = "--personal-data", defaultValue = "ignore", paramLabel = "ignore|count|mask|drop",
            description = "Look for mail and payment addresses, telephone numbers, and numbers with check digits or a form (cards,"
                    + " Aadhaar, PAN, SSN, IBAN, IFSC, IP): count them, put tags as [EMAIL] in their place, or drop the lines"
                    + " (default ${DEFAULT-VALUE}).")
    private PersonalDataUse personalData;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "Threads that clean; 0 takes SARYU_THREADS or all cores. The result is the same for any number.")
    private int threads;

    @Option(names = "--dedupe-memory", defaultValue = "512", paramLabel = "MB",
            description = "Memory to know duplicates by, 20 bytes a document; the rest is compared on disk (default"
                    + " ${DEFAULT-VALUE}).")
    private int dedupeMemory;

    @Option(names = "--again", description = "Clean again although neither inputs nor options have changed.")
    private boolean again;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Set<CleanRule> rules = EnumSet.allOf(CleanRule.class);
        without.forEach(rules::remove);
        if (dedupeMemory < 1) {
            throw new IllegalArgumentException("--dedupe-memory is " + dedupeMemory + "; give at least 1");
        }
        CleanCorpus.Options options = new CleanCorpus.Options(rules, unit.unit(), !keepDuplicates,
                sentences ? new SentenceSplitter() : null, reading.options(),
                new FilterOptions(minCharacters, maxSymbols, maxRepeats, dropMojibake, personalData), Backends.threads(threads),
                (long) dedupeMemory << 20);
        if (again) {
            CleanCorpus.forget(output);
        }
        CleanCorpus.Report report = textStage("clean", listener -> CleanCorpus.run(inputs, output, options, listener));
        if (json) {
            printJson(report);
            return;
        }
        if (report.unchanged()) {
            out().printf("%s is as it would be made again: neither inputs nor options have changed, so nothing was done;"
                    + " --again does it all the same%n", report.output());
        }
        out().printf("%s: %,d lines (%s) of %,d read; %,d changed, %,d dropped by filters, %,d with mojibake, %,d of %,d"
                + " documents dropped as duplicates, %,d bad lines left out%n", report.output(), report.lines(),
                Amounts.bytes(report.bytes()), report.read().lines(), report.clean().changedLines(),
                report.filtered().droppedLines(), report.filtered().filters().get(LineFilter.MOJIBAKE).lines(),
                report.duplicateDocuments(), report.documents(), report.read().badLineCount());
        if (personalData != PersonalDataUse.IGNORE) {
            printPersonalData(report.filtered().personalData());
        }
    }

    private void printPersonalData(PersonalDataReport found) {
        String kinds = found.kinds().entrySet().stream().filter(kind -> kind.getValue().found() > 0)
                .map(kind -> String.format("%,d %s", kind.getValue().found(), kind.getKey()))
                .collect(Collectors.joining(", ", " (", ")"));
        out().printf("%,d lines with personal data%s %s%n", found.lines(), found.lines() == 0 ? "" : kinds,
                switch (personalData) {
                    case MASK -> "masked";
                    case DROP -> "dropped";
                    default -> "counted and left as they are";
                });
    }
}
