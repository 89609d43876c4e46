package io.saryu.cli;

import io.saryu.tokenizer.Encoder;
import picocli.CommandLine.Option;

/** Whose code turns text into ids. */
final class EncoderOption {
    @Option(names = "--encoder", defaultValue = "auto", paramLabel = "auto|java|sentencepiece",
            description = "Whose code encodes; the ids are the same (default ${DEFAULT-VALUE}: Saryu's own where the model allows it).")
    private Encoder encoder;

    Encoder encoder() {
        return encoder;
    }
}
