package io.saryu.cli;

import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
import io.saryu.model.LanguageModel;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "generate", description = "Continues texts with a model.")
final class GenerateCommand extends SaryuSubcommand {
    @Mixin
    private ModelOptions model;

    @Option(names = "--prompt", paramLabel = "TEXT",
            description = "Text to continue; \\n means a newline. May be given several times.")
    private List<String> prompts = new ArrayList<>();

    @Option(names = "--prompts", paramLabel = "FILE",
            description = "File of prompts, one a line; \\n means a newline, - reads standard input.")
    private String promptFile;

    @Option(names = "--instruction", paramLabel = "TEXT",
            description = "What a tuned model is to do; the prompt is made by its template.")
    private String instruction;

    @Option(names = "--input", paramLabel = "TEXT",
            description = "What it is to do it with. May be given several times, with one --instruction.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--batch", defaultValue = "16", paramLabel = "N",
            description = "Prompts computed at once (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--max-new-tokens", defaultValue = "128", paramLabel = "N",
            description = "Tokens at most (default ${DEFAULT-VALUE}).")
    private int maxNewTokens;

    @Option(names = "--greedy", description = "Always take the most likely token.")
    private boolean greedy;

    @Option(names = "--temperature", defaultValue = "0.8", paramLabel = "X",
            description = "Below 1 is surer, above 1 wilder, 0 is greedy (default ${DEFAULT-VALUE}).")
    private double temperature;

    @Option(names = "--top-k", defaultValue = "50", paramLabel = "N",
            description = "Only the N most likely tokens; 0 for all (default ${DEFAULT-VALUE}).")
    private int topK;

    @Option(names = "--top-p", defaultValue = "1.0", paramLabel = "P",
            description = "Only the most likely tokens that make up P together (default ${DEFAULT-VALUE}).")
    private double topP;

    @Option(names = "--repetition-penalty", defaultValue = "1.0", paramLabel = "X",
            description = "Above 1 repeats less (default ${DEFAULT-VALUE}).")
    private double repetitionPenalty;

    @Option(names = "--stop", paramLabel = "TEXT", description = "End before this text. May be given several times.")
    private List<String> stops = new ArrayList<>();

    @Option(names = "--seed", defaultValue = "0", paramLabel = "N", description = "Another seed gives another text.")
    private long seed;

    @Option(names = "--ignore-eos", description = "Go on after the end-of-text token.")
    private boolean ignoreEos;

    @Option(names = "--json", description = "Print a JSON object with prompt and text for each prompt.")
    private boolean json;

    /** One answer of {@code --json}. */
    record Answer(String prompt, String text) {
    }

    @Override
    void execute() throws Exception {
        List<String> all = new ArrayList<>();
        for (String p : prompts) {
            all.add(Escapes.interpret(p));
        }
        if (promptFile != null) {
            for (String line : readLines(promptFile)) {
                all.add(Escapes.interpret(line));
            }
        }
        if (instruction == null && !inputs.isEmpty()) {
            throw new IllegalArgumentException("--input is given without --instruction, which says what to do with it");
        }
        if (all.isEmpty() && instruction == null) {
            throw new IllegalArgumentException("there is nothing to continue; give --prompt TEXT, --instruction TEXT or --prompts FILE"
                    + " with a line");
        }
        if (batch < 1) {
            throw new IllegalArgumentException("--batch is " + batch + "; give at least 1");
        }
        GenerationOptions options = new GenerationOptions(maxNewTokens, temperature, topK, topP, repetitionPenalty,
                stops.stream().map(Escapes::interpret).toList(), seed, greedy, ignoreEos);
        try (LanguageModel m = model.open()) {
            if (instruction != null) {
                String what = Escapes.interpret(instruction);
                (inputs.isEmpty() ? List.of("") : inputs).forEach(i -> all.add(m.prompt(what, Escapes.interpret(i))));
            }
            Interrupt.stop(() -> {
                if (all.size() == 1 && !json) {
                    stream(m, all.getFirst(), options);
                } else {
                    batches(m, all, options);
                }
                return null;
            });
        }
    }

    private void stream(LanguageModel m, String prompt, GenerationOptions options) {
        out().print(prompt);
        out().flush();
        m.generate(List.of(prompt), options, (i, text) -> {
            out().print(text);
            out().flush();
            return !Thread.currentThread().isInterrupted();
        });
        out().println();
    }

    private void batches(LanguageModel m, List<String> all, GenerationOptions options) {
        TextGenerator.Listener listener = (i, text) -> !Thread.currentThread().isInterrupted();
        for (int from = 0; from < all.size() && !Thread.currentThread().isInterrupted(); from += batch) {
            List<String> some = all.subList(from, Math.min(all.size(), from + batch));
            List<String> texts = m.generate(from, some, options, listener);
            for (int i = 0; i < some.size(); i++) {
                if (json) {
                    printJsonLine(new Answer(some.get(i), texts.get(i)));
                } else {
                    out().println(some.get(i) + texts.get(i));
                    out().println();
                }
            }
            out().flush();
        }
    }

    private static List<String> readLines(String file) throws Exception {
        try {
            if (file.equals("-")) {
                // A decoder of its own, as new String would put a replacement character for each bad byte.
                return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(System.in.readAllBytes())).toString()
                        .lines().toList();
            }
            if (Files.isDirectory(Path.of(file))) {
                throw new IllegalArgumentException("--prompts is the folder " + file
                        + "; give a file with one prompt a line");
            }
            return Files.readAllLines(Path.of(file));
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the file of prompts " + file + " is not UTF-8 text; save it as UTF-8", e);
        }
    }
}
