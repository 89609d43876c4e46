package io.saryu.cli;

import io.saryu.train.Progress;
import io.saryu.train.Quickstart;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(name = "quickstart",
        description = "Goes the whole way once on a small sample corpus: raw text in, a trained model out, within minutes.")
final class QuickstartCommand extends SaryuSubcommand {
    @Option(names = {"-o", "--out"}, defaultValue = "quickstart", paramLabel = "DIR",
            description = "New folder for everything (default ${DEFAULT-VALUE}).")
    private Path folder;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Overrides a value of the training configuration.")
    private List<String> overrides = new ArrayList<>();

    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    @Override
    void execute() throws Exception {
        Progress progress = progress();
        Quickstart.Result result;
        try {
            result = Interrupt.save(() -> progress.line("stopping"),
                    interrupt -> Quickstart.run(folder, threads, overrides, progress, interrupt::requested));
        } catch (FileAlreadyExistsException e) {
            throw new IllegalArgumentException(folder + " is there already; remove it, or give another folder with --out", e);
        }
        if (json) {
            printJson(result);
            return;
        }
        if (result.training().outcome().stopped()) {
            out().printf("stopped; continue with: %s train --config %s --resume%n", self(),
                    folder.resolve("run").resolve("config.yaml"));
            return;
        }
        out().println();
        out().print(result.training().outcome().report().toText());
        for (Map.Entry<String, String> e : result.continuations().entrySet()) {
            out().printf("%n%s|%s%n", e.getKey(), e.getValue().replace('\n', ' '));
        }
        out().printf("""

                Everything lies in %1$s:
                  raw/ clean/ text/      the sample corpus (see raw/SOURCES.md), cleaned, split
                  tokenizer/ tokens/     the tokenizer and the encoded text
                  run/model/             the model: open it with transformers, or try
                  run/report.html        its curves and samples: open it in a browser
                  run/metrics.jsonl      the same in figures; run/tensorboard/ for TensorBoard

                What to try next:
                  %2$s generate --model %1$s/run/model --prompt "Once upon a time"
                  %2$s eval --model %1$s/run/model --data en=%1$s/tokens/en.validation.bin
                  %2$s train --config %1$s/run/config.yaml --set train.output_dir=runs/longer --set train.max_steps=2000
                """, folder, self());
    }
}
