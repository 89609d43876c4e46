package io.saryu.cli;

import io.saryu.model.LanguageModel;
import io.saryu.model.OpenOptions;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options of all commands that read a model. */
final class ModelOptions {
    @Option(names = "--model", required = true, paramLabel = "DIR", description = "Model folder.")
    private Path folder;

    @Option(names = "--adapter", paramLabel = "DIR", description = "Adapter folder, in PEFT's format, to put on the model.")
    private Path adapter;

    @Option(names = "--device", defaultValue = "auto", paramLabel = "NAME",
            description = "auto, cpu or reference (default ${DEFAULT-VALUE}).")
    private String device;

    @Option(names = "--threads", defaultValue = "0", paramLabel = "N",
            description = "CPU threads; 0 takes SARYU_THREADS or all cores.")
    private int threads;

    @Option(names = "--dtype", defaultValue = "fp32", paramLabel = "fp32|bf16|fp16|int8",
            description = "Weights in memory (default ${DEFAULT-VALUE}): 16 bits are up to twice as fast, int8 up to four times,"
                    + " at a small loss.")
    private String dtype;

    /** What is measured, as a person calls it. */
    String name() {
        return adapter == null ? folder.toString() : adapter + " on " + folder;
    }

    LanguageModel open() throws IOException {
        return LanguageModel.open(folder, adapter, new OpenOptions(device, threads, OpenOptions.weights(dtype)));
    }
}
