package io.saryu.cli;

import io.saryu.text.CorpusStatistics;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "stats", description = "Counts lines, words, characters and scripts per language.")
final class CorpusStatsCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "LANG=INPUT", description = "Text per language: en=en.txt hi=hi.txt ...")
    private List<String> inputs;

    @Mixin
    private ReadingOptions reading;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Map<String, List<String>> byLanguage = NamedInputs.parse(inputs, "en=en.txt");
        CorpusStatistics.Report report =
                textStage("count", listener -> CorpusStatistics.run(byLanguage, reading.options(), listener));
        if (json) {
            printJson(report);
            return;
        }
        out().printf("%-10s %14s %14s %16s %16s %12s %10s%n", "", "lines", "words", "characters", "bytes", "Devanagari",
                "bad lines");
        report.languages().forEach(l -> out().printf("%-10s %,14d %,14d %,16d %,16d %12.3f %,10d%n", l.language(), l.lines(),
                l.words(), l.characters(), l.bytes(), l.devanagariFraction(), l.badLines()));
    }
}
