package io.saryu.cli;

import io.saryu.files.TokenFile;
import io.saryu.text.LanguageMix;
import io.saryu.text.MixFindings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "mix", description = "Says what shares of the tokens the languages have, and how a mix with other shares is reached.")
final class CorpusMixCommand extends SaryuSubcommand {
    @Parameters(arity = "1..*", paramLabel = "LANG=TOKENS",
            description = "Token file per language, or a number of tokens: en=en.train.bin hi=1619964264 ...")
    private List<String> inputs;

    @Option(names = "--share", required = true, split = ",", paramLabel = "LANG=SHARE",
            description = "Shares of the tokens, adding up to 1: en=0.5,hi=0.35,awa=0.15.")
    private List<String> shares;

    @Option(names = "--max-epochs", defaultValue = "4", paramLabel = "N",
            description = "How often a language's text may come (default ${DEFAULT-VALUE}).")
    private double maxEpochs;

    @Option(names = "--total", paramLabel = "N", description = "Tokens of the mix (default: as many as --max-epochs allow).")
    private Long total;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    /** One language, as in the table; shares from 0 to 1. */
    private record Row(String language, long available, double naturalShare, double targetShare, double epochs, long taken,
            double reachedShare) {
    }

    private record Report(long total, List<Row> languages, List<String> findings) {
    }

    @Override
    void execute() throws Exception {
        Map<String, Long> available = new LinkedHashMap<>();
        for (Map.Entry<String, List<String>> e : NamedInputs.parse(inputs, "en=en.train.bin").entrySet()) {
            long tokens = 0;
            for (String value : e.getValue()) {
                tokens += tokens(value);
            }
            available.put(e.getKey(), tokens);
        }
        Map<String, Double> target = NamedInputs.numbers(shares, "en=0.5");
        LanguageMix.Plan plan = total == null ? LanguageMix.largest(available, target, maxEpochs)
                : LanguageMix.of(available, target, maxEpochs, total);
        Map<String, Long> taken = new LinkedHashMap<>();
        plan.languages().forEach(l -> taken.put(l.language(), l.count()));
        long there = available.values().stream().mapToLong(Long::longValue).sum();
        Report report = new Report(plan.total(), plan.languages().stream().map(l -> new Row(l.language(), l.available(),
                (double) l.available() / there, l.share(), l.epochs(), l.count(), (double) l.count() / plan.total())).toList(),
                MixFindings.of(available, taken, target, "tokens"));
        if (json) {
            printJson(report);
            return;
        }
        print(report);
    }

    private void print(Report report) {
        out().printf("%-8s %18s %9s %9s %9s %18s %9s%n", "", "tokens there", "share", "asked", "epochs", "tokens taken", "share");
        report.languages().forEach(r -> out().printf(Locale.ROOT, "%-8s %,18d %7.2f %% %7.2f %% %9.2f %,18d %7.2f %%%n",
                r.language(), r.available(), 100 * r.naturalShare(), 100 * r.targetShare(), r.epochs(), r.taken(),
                100 * r.reachedShare()));
        out().printf(Locale.ROOT, "%-8s %,18d %39s %,17d%n", "all",
                report.languages().stream().mapToLong(Row::available).sum(), "", report.total());
        report.findings().forEach(f -> out().println("- " + f));
    }

    private static long tokens(String value) throws IOException {
        if (value.matches("[0-9]{1,18}")) {
            return Long.parseLong(value);
        }
        try (TokenFile file = TokenFile.open(Path.of(value))) {
            return file.info().tokenCount();
        }
    }
}
