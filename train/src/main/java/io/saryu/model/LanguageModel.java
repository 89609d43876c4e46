package io.saryu.model;

import io.saryu.backend.Backend;
import io.saryu.backend.Backends;
import io.saryu.backend.ExecutionContext;
import io.saryu.files.MalformedFileException;
import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
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
    private final ExecutionContext context;
    private final Qwen3 network;
    private final Tokenizer tokenizer;
    private final TextGenerator generator;
    /** Never waited for: two threads in one context would mix their texts. */
    private final ReentrantLock inUse = new ReentrantLock();

    private LanguageModel(ExecutionContext context, Qwen3 network, Tokenizer tokenizer) {
        this.context = context;
        this.network = network;
        this.tokenizer = tokenizer;
        this.generator = new TextGenerator(network, context, tokenizer);
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
            return new LanguageModel(context, network, tokenizer);
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
        enter();
        try {
            return generator.generate(first, prompts, options, listener);
        } finally {
            inUse.unlock();
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
            network.close();
            context.close();
            tokenizer.close();
        } finally {
            inUse.unlock();
        }
    }
}
