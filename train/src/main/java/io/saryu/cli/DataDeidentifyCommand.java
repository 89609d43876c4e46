package io.saryu.cli;

import io.saryu.deid.data.DeidDataset;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "deidentify", description = "Makes de-identification data: invented personal data in sentences, and the same with tags.")
final class DataDeidentifyCommand extends SaryuSubcommand {
    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "New or empty folder for the data and its card.")
    private Path out;

    @Option(names = "--count", defaultValue = "12000", paramLabel = "N",
            description = "Rows of each language, validation included (default ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--validation", defaultValue = "0.1", paramLabel = "F",
            description = "Share of the rows for validation (default ${DEFAULT-VALUE}).")
    private double validation;

    @Option(names = "--languages", defaultValue = "en,hi,awa", split = ",", paramLabel = "LANG",
            description = "Of en, hi, awa (default ${DEFAULT-VALUE}).")
    private List<String> languages;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Another seed gives other rows (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        DeidDataset.Options options = new DeidDataset.Options(count, validation, languages, seed);
        DeidDataset.Report report = Interrupt.stop(() -> {
            try (StageTask task = new StageTask(progress(), "de-identification data", "rows")) {
                return DeidDataset.write(out, options, task);
            }
        });
        if (json) {
            printJson(report);
            return;
        }
        report.files().forEach(f -> out().printf("%s: %,d rows of %,d templates, %,d spans, %,d rows without personal data%n", out.resolve(f.file()),
                f.rows(), f.templates(), f.spans().values().stream().mapToInt(Integer::intValue).sum(), f.withoutData()));
    }
}
