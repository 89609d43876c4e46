package io.saryu.cli;

import io.saryu.model.LanguageModel;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of all commands that read a model. */
final class ModelOptions {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
    private Path folder;

    @Option(names = "--device", defaultValue = "auto", paramLabel = "NAME",
            description = "auto, cpu or reference (default ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    LanguageModel open() throws IOException {
        return LanguageModel.open(folder, device, threads);
    }
}
