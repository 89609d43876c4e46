package io.saryu.cli;

import io.saryu.text.LanguageCheck;
import io.saryu.text.LanguageFilter;
import io.saryu.text.LanguageModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "check", description = "Checks that text is in the language and the script it is said to be in.")
final class CorpusCheckCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "LANG=INPUT",
            description = "Text per language: en=en.txt hi=hi.txt awa=awa.txt ... Known are en (any Latin text), hi, awa, bra, bho,"
                    + " mag and scripts by name, as bengali.")
    private List<String> inputs;

    @Option(names = "--confidence", defaultValue = "0.9", paramLabel = "P",
            description = "How sure another language must be for a line to count as wrong (default ${DEFAULT-VALUE}).")
    private double confidence;

    @Option(names = "--min-letters", defaultValue = "20", paramLabel = "N",
            description = "Lines with fewer letters are never wrong (default ${DEFAULT-VALUE}).")
    private int letters;

    @Option(names = "--model", paramLabel = "FILE", description = "A model of 'saryu corpus check-train' instead of the one built in.")
    private Path model;

    @Mixin
    private ReadingOptions reading;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Map<String, List<String>> byLanguage = NamedInputs.parse(inputs, "en=en.txt");
        LanguageFilter.Options options = new LanguageFilter.Options(Set.of(), confidence, letters);
        LanguageModel languages = model == null ? LanguageModel.bundled() : LanguageModel.read(model);
        LanguageCheck.Report report = textStage("check",
                listener -> LanguageCheck.run(byLanguage, options, languages, reading.options(), listener));
        if (json) {
            printJson(report);
            return;
        }
        out().printf("%-10s %14s %10s %12s %10s  %s%n", "", "lines", "Latin", "Devanagari", "wrong", "likeliest language of the lines");
        report.languages().forEach(l -> out().printf("%-10s %,14d %9.2f%% %11.2f%% %9.2f%%  %s%n", l.language(), l.lines(),
                100 * l.latinShare(), 100 * l.devanagariShare(), 100 * l.wrongShare(), l.found().stream()
                        .map(f -> "%s %,d (%,d surely)".formatted(f.language(), f.lines(), f.wrongLines()).replace(" (0 surely)", ""))
                        .collect(Collectors.joining(", "))));
        report.languages().forEach(l -> l.examples().forEach(e -> out().printf("%s:%d is %s, not %s (%.2f): %s%n", e.file(),
                e.line(), e.language(), l.language(), e.confidence(), e.text().replaceAll("\\p{Cntrl}", " "))));
    }
}
