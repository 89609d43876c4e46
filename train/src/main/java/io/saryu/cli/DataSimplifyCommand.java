package io.saryu.cli;

import io.saryu.simplify.SimplifyDataset;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "simplify", description = "Makes simplification data: of aligned pairs, and by rules of plain Hindi or Awadhi text.")
final class DataSimplifyCommand extends SaryuSubcommand {
    @Option(names = "--pairs", paramLabel = "LANG=FILE", description = "Aligned pairs: JSON lines with a source and a target (src, source,"
            + " complex, ... and dst, target, simple, refs, ...) or two columns in a .tsv; plain or packed. Several times.")
    private List<String> pairs = List.of();

    @Option(names = "--raw", paramLabel = "LANG=FILE", description = "Plain text, hi or awa, that rules make pairs of, labelled synthetic."
            + " Several times.")
    private List<String> raw = List.of();

    @Option(names = {"-o", "--out"}, required = true, paramLabel = "DIR", description = "New or empty folder for the data and its card.")
    private Path out;

    @Option(names = "--count", defaultValue = "12000", paramLabel = "N",
            description = "Rows of each language at most, pairs first (default ${DEFAULT-VALUE}).")
    private int count;

    @Option(names = "--max-references", defaultValue = "1", paramLabel = "N",
            description = "Targets taken of one source (default ${DEFAULT-VALUE}).")
    private int mostReferences;

    @Option(names = "--source-field", paramLabel = "KEY", description = "Key of the source in JSON lines (default: the usual ones).")
    private String sourceField;

    @Option(names = "--target-field", paramLabel = "KEY", description = "Key of the target or targets (default: the usual ones).")
    private String targetField;

    @Option(names = "--validation", defaultValue = "0.1", paramLabel = "F",
            description = "Share of the sources for validation (default ${DEFAULT-VALUE}).")
    private double validation;

    @Option(names = "--license", paramLabel = "NAME", description = "Licence of the texts, for the card, such as cc-by-sa-4.0.")
    private String license;

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Another seed gives another sample (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        SimplifyDataset.Options options = new SimplifyDataset.Options(NamedInputs.parse(pairs, "en=pairs.jsonl"),
                NamedInputs.parse(raw, "hi=hi.txt"), count, mostReferences, sourceField, targetField, validation, license, seed);
        SimplifyDataset.Report report = textStage("simplification data", listener -> SimplifyDataset.write(out, options, listener));
        if (json) {
            printJson(report);
            return;
        }
        for (SimplifyDataset.LanguageReport l : report.languages()) {
            out().printf("%s: %,d rows for training, %,d for validation, %,d of them synthetic; %s%n", l.language(), l.training(),
                    l.validation(), l.synthetic(), l.origins());
            if (!l.leftOut().isEmpty()) {
                out().printf("- left out: %s%n", l.leftOut());
            }
            l.broken().forEach(b -> out().println("- " + b));
        }
    }
}
