package io.saryu.model;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.files.MalformedFileException;
import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
import io.saryu.instruct.PromptTemplate;
import io.saryu.lora.Adapters;
import io.saryu.lora.BaseFingerprint;
import io.saryu.lora.PeftFolder;
import io.saryu.nn.Qwen3;
import io.saryu.nn.Qwen3Config;
import io.saryu.nn.Qwen3Weights;
import io.saryu.tensor.DType;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A model and its tokenizer, read from a Hugging Face folder: generates text, can be evaluated.
 *
 * <p>It holds memory outside the Java heap until it is closed. One thread at a time may use it; for more, open one each.
 * {@code generate} and {@code close} refuse a second thread with an {@link IllegalStateException}.
 */
public final class LanguageModel implements AutoCloseable {
    /** Name of the adapter that a model was opened with. */
    public static final String ADAPTER = "default";

    private final ExecutionContext context;
    private final Qwen3 network;
    private final Tokenizer tokenizer;
    private final PromptTemplate template;
    private final Adapters adapters;
    private final TextGenerator generator;
    /** Never waited for: two threads in one context would mix their texts. */
    private final ReentrantLock inUse = new ReentrantLock();

    private LanguageModel(ExecutionContext context, Qwen3 network, Tokenizer tokenizer, PromptTemplate template) {
        this.context = context;
        this.network = network;
        this.tokenizer = tokenizer;
        this.template = template;
        this.adapters = new Adapters(network, context);
        this.generator = new TextGenerator(network, context, tokenizer,
                template == null ? tokenizer.eosId() : template.endMarker(tokenizer));
    }

    /** Opens a folder on the best device that is there, with all threads. */
    public static LanguageModel open(Path folder) throws IOException {
        return open(folder, OpenOptions.DEFAULT);
    }

    /**
     * Opens a folder that holds config.json, model.safetensors (or its shards) and tokenizer.model.
     *
     * @param device  {@code auto}, {@code cpu} or {@code reference}
     * @param threads CPU threads; 0 takes {@code SARYU_THREADS} or else all cores
     * @throws MalformedFileException   when a file of it is damaged, or the files do not belong together
     * @throws IOException              when one is missing or cannot be read
     * @throws IllegalArgumentException for an unknown device
     */
    public static LanguageModel open(Path folder, String device, int threads) throws IOException {
        return open(folder, new OpenOptions(device, threads, DType.F32));
    }

    /**
     * Opens a folder that holds config.json, model.safetensors (or its shards) and tokenizer.model.
     *
     * @throws MalformedFileException   when a file of it is damaged, or the files do not belong together
     * @throws IOException              when one is missing or cannot be read
     * @throws IllegalArgumentException for an unknown device
     */
    public static LanguageModel open(Path folder, OpenOptions options) throws IOException {
        return open(folder, null, options);
    }

    /**
     * Opens a folder with an adapter of PEFT's format, as {@code saryu finetune} writes it. With weights in fp32 the adapter is
     * merged into them, so that it costs no time; {@link #adapters} takes it out again.
     *
     * @param adapter folder, or null for the model alone
     * @throws MalformedFileException when a file is damaged, the files do not belong together, or the adapter is of another model
     * @throws IOException            when one is missing or cannot be read
     */
    public static LanguageModel open(Path folder, Path adapter, OpenOptions options) throws IOException {
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new NotDirectoryException(folder.toString());
        }
        if (!Files.isRegularFile(folder.resolve("config.json"))) {
            throw new IOException("there is no model in " + folder + ": it has no config.json; give the folder that"
                    + " training wrote, such as runs/NAME/model");
        }
        Qwen3Config config = Qwen3Config.read(folder.resolve("config.json"));
        Tokenizer tokenizer = Tokenizer.load(folder);
        ExecutionContext context = null;
        Qwen3 network = null;
        try {
            if (tokenizer.vocabSize() > config.vocabSize()) {
                throw new MalformedFileException("the tokenizer in " + folder + " has " + tokenizer.vocabSize()
                        + " pieces and the model only " + config.vocabSize() + " rows for them; the folder mixes two models");
            }
            Backend backend = Backends.get(options.device());
            context = backend.newContext(Backends.threads(options.threads()));
            network = options.weights() == DType.F32 ? new Qwen3(backend, context, config, DType.F32)
                    : Qwen3.frozen(backend, context, config, options.weights());
            Qwen3Weights.load(network, context, folder);
            PromptTemplate template = adapter == null ? null : PromptTemplate.read(adapter);
            LanguageModel model = new LanguageModel(context, network, tokenizer,
                    template == null ? PromptTemplate.read(folder) : template);
            if (adapter != null) {
                model.adapters.add(ADAPTER, PeftFolder.load(adapter, network, context, BaseFingerprint.of(folder)));
                model.adapters.use(ADAPTER);
                if (options.weights() == DType.F32) {
                    model.adapters.merge();
                }
            }
            return model;
        } catch (IOException | RuntimeException | Error e) {
            if (network != null) {
                network.close();
            }
            if (context != null) {
                context.close();
            }
            tokenizer.close();
            throw e;
        }
    }

    /** The adapters of this model by name; the one that it was opened with is called {@value #ADAPTER}. */
    public Adapters adapters() {
        return adapters;
    }

    /** The template of the prompts that the model or its adapter was tuned on; null where it was not. */
    public PromptTemplate template() {
        return template;
    }

    /**
     * The prompt for an instruction, as in training.
     *
     * @param input may be empty
     * @throws IllegalStateException when the model was not tuned to follow instructions
     */
    public String prompt(String instruction, String input) {
        if (template == null) {
            throw new IllegalStateException("the model has no chat_template.jinja, so it was not tuned on instructions; open it with"
                    + " the adapter that was, or write the whole prompt yourself");
        }
        return template.prompt(instruction, input);
    }

    public Qwen3 network() {
        return network;
    }

    public Tokenizer tokenizer() {
        return tokenizer;
    }

    /** What the network computes in. */
    public ExecutionContext context() {
        return context;
    }

    /**
     * Continues a prompt; the result does not repeat it.
     *
     * @throws IllegalArgumentException when the prompt leaves no room in {@code max_position_embeddings}
     */
    public String generate(String prompt, GenerationOptions options) {
        return generate(List.of(prompt), options, TextGenerator.Listener.NONE).getFirst();
    }

    /**
     * Continues several prompts at once.
     *
     * @param listener hears text as it comes
     * @return the new text of each
     */
    public List<String> generate(List<String> prompts, GenerationOptions options, TextGenerator.Listener listener) {
        return generate(0, prompts, options, listener);
    }

    /**
     * As {@link #generate(List, GenerationOptions, TextGenerator.Listener)}, for some of many prompts.
     *
     * @param first number of the first of these among all prompts; a text does not depend on how they are divided into calls
     */
    public List<String> generate(int first, List<String> prompts, GenerationOptions options,
            TextGenerator.Listener listener) {
        prompts.forEach(this::refuseLiteralNewlines);
        enter();
        try {
            return generator.generate(first, prompts, options, listener);
        } finally {
            inUse.unlock();
        }
    }

    /** Beside what the template writes they can only be line ends that a shell or a program has not made. */
    private void refuseLiteralNewlines(String prompt) {
        if (template != null && template.hasLiteralNewline(prompt)) {
            throw new IllegalArgumentException("the prompt has the two characters \\n where its template has a line end, and the"
                    + " model was never shown that: give it real line ends ($'...\\n...' in bash), or only the instruction and"
                    + " the input, from which the prompt is made");
        }
    }

    private void enter() {
        if (!inUse.tryLock()) {
            throw new IllegalStateException("another thread is using this language model; open one per thread, or"
                    + " wait for that thread");
        }
    }

    /** Gives the memory back. Closing twice does nothing. */
    @Override
    public void close() {
        enter();
        try {
            adapters.close();
            network.close();
            context.close();
            tokenizer.close();
        } finally {
            inUse.unlock();
        }
    }
}
