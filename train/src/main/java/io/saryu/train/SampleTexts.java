package io.saryu.train;

import io.saryu.backend.ExecutionContext;
import io.saryu.data.EvalWindows;
import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TokenGenerator;
import io.saryu.nn.Qwen3;
import io.saryu.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Lets a model in training write a few texts. Every call does the same work in the same memory: each text has its whole
 * length, also past an end-of-text token, where it is cut afterwards. Its random numbers are its own and begin anew at each
 * call, so that training is not disturbed, and equal weights write equal texts.
 */
final class SampleTexts implements AutoCloseable {
    private static final int NEW_TOKENS = 48;
    private static final int PROMPT_TOKENS = 8;

    private record Prompt(String name, String text, int[] ids) {
    }

    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final Tokenizer tokenizer;
    private final List<Prompt> prompts;
    /** Id before which a text is cut. */
    private final int end;
    private final GenerationOptions options;

    private SampleTexts(TrainConfig config, Qwen3 model, ExecutionContext ctx, Tokenizer tokenizer, List<Prompt> prompts,
            int end) {
        this.model = model;
        this.ctx = ctx;
        this.tokenizer = tokenizer;
        this.prompts = prompts;
        this.end = end;
        this.options = options(config, prompts.stream().mapToInt(p -> p.ids.length).max().orElse(1));
    }

    /**
     * Takes the prompts of the configuration, or else the first words of each validation text.
     *
     * @param validation windows by language
     */
    static SampleTexts open(TrainConfig config, Map<String, EvalWindows> validation, Qwen3 model, ExecutionContext ctx)
            throws IOException {
        Tokenizer tokenizer = Tokenizer.load(Path.of(config.data().tokenizer()));
        try {
            List<Prompt> prompts = new ArrayList<>();
            if (config.train().samplePrompts() != null) {
                given(config, tokenizer, prompts);
            } else {
                validation.forEach((name, text) -> prompts.add(firstWords(config, name, text, tokenizer)));
            }
            return new SampleTexts(config, model, ctx, tokenizer, prompts, tokenizer.eosId());
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /**
     * Takes the prompts of the configuration, or else those given.
     *
     * @param texts of at most {@link #mostPromptTokens}, by data set
     * @param end   id that ends a text
     */
    static SampleTexts open(TrainConfig config, Map<String, String> texts, int end, Qwen3 model, ExecutionContext ctx)
            throws IOException {
        Tokenizer tokenizer = Tokenizer.load(Path.of(config.data().tokenizer()));
        try {
            List<Prompt> prompts = new ArrayList<>();
            if (config.train().samplePrompts() != null) {
                given(config, tokenizer, prompts);
            } else {
                texts.forEach((name, text) -> prompts.add(new Prompt(name, text, tokenizer.encode(text))));
            }
            return new SampleTexts(config, model, ctx, tokenizer, prompts, end);
        } catch (RuntimeException e) {
            tokenizer.close();
            throw e;
        }
    }

    /** Tokens that an example's prompt may have to be a sample. */
    static int mostPromptTokens(TrainConfig config) {
        return Math.max(1, config.data().contextLength() / 2);
    }

    /**
     * Refuses prompts that leave no room for a text.
     *
     * @throws ConfigException naming the prompt
     */
    static void check(TrainConfig config, Tokenizer tokenizer) {
        if (config.train().samplePrompts() != null) {
            given(config, tokenizer, new ArrayList<>());
        }
    }

    private static void given(TrainConfig config, Tokenizer tokenizer, List<Prompt> prompts) {
        int context = config.data().contextLength();
        for (String text : config.train().samplePrompts()) {
            int[] ids = tokenizer.encode(text);
            if (ids.length >= context) {
                throw new ConfigException("a text of train.sample_prompts has " + ids.length + " tokens ('"
                        + text.substring(0, text.offsetByCodePoints(0, Math.min(20, text.codePointCount(0, text.length()))))
                        + "...'), and data.context_length is " + context + "; shorten it");
            }
            // In training a new text follows the end of another.
            prompts.add(new Prompt(null, text, ids.length == 0 ? new int[] {tokenizer.eosId()} : ids));
        }
    }

    /** Of the first text that is long enough to go on after its first words, or else of the first one. */
    private static Prompt firstWords(TrainConfig config, String name, EvalWindows text, Tokenizer tokenizer) {
        int[] window = new int[text.length(0)];
        text.fill(0, window, new int[window.length], 0);
        int most = Math.min(window.length, promptTokens(config));
        int from = 0;
        for (int start = 0, end; start < window.length; start = end + 1) {
            end = start;
            while (end < window.length && window[end] != tokenizer.eosId()) {
                end++;
            }
            if (end - start >= 2 * most) {
                from = start;
                break;
            }
        }
        int n = from;
        while (n < Math.min(window.length, from + most) && window[n] != tokenizer.eosId()) {
            n++;
        }
        int[] ids = n == from ? new int[] {tokenizer.eosId()} : Arrays.copyOfRange(window, from, n);
        return new Prompt(name, tokenizer.decode(ids), ids);
    }

    private static int promptTokens(TrainConfig config) {
        return Math.clamp(config.data().contextLength() / 2, 1, PROMPT_TOKENS);
    }

    /** Prompts and texts stay within the context that the model trains on, so that nothing of it has to grow. */
    private static GenerationOptions options(TrainConfig config, int longest) {
        int room = Math.max(0, Math.min(NEW_TOKENS, config.data().contextLength() - longest));
        return new GenerationOptions(room, 0.8, 50, 1.0, 1.0, List.of(), config.train().seed(), false, true);
    }

    /**
     * Does the memory's share of {@link #write} with prompts that are at least as long as the real ones.
     */
    static void rehearse(TrainConfig config, Qwen3 model, ExecutionContext ctx) {
        List<String> given = config.train().samplePrompts();
        int context = config.data().contextLength();
        int[][] prompts = given == null
                ? config.finetune() != null ? new int[config.finetune().data().size()][mostPromptTokens(config)]
                : new int[config.data().validation().size()][promptTokens(config)]
                : given.stream().map(p -> new int[Math.clamp(p.getBytes(StandardCharsets.UTF_8).length + 1, 1,
                        Math.max(1, context - 1))]).toArray(int[][]::new);
        if (prompts.length > 0 && context > 1) {
            int longest = Arrays.stream(prompts).mapToInt(p -> p.length).max().getAsInt();
            GenerationOptions real = options(config, longest);
            // Choosing is no memory, and greedily it is done faster.
            GenerationOptions greedy = new GenerationOptions(real.maxNewTokens(), 0, 0, 1, 1, List.of(), 0, true, true);
            new TokenGenerator(model, ctx, -1).generate(prompts, greedy, (sequence, id) -> true);
        }
    }

    /** Writes one text after each prompt; none when there are no prompts. */
    List<Sample> write() {
        if (prompts.isEmpty() || options.maxNewTokens() == 0) {
            return List.of();
        }
        int[][] ids = new TokenGenerator(model, ctx, end)
                .generate(prompts.stream().map(Prompt::ids).toArray(int[][]::new), options, (sequence, id) -> true);
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            int n = 0;
            while (n < ids[i].length && ids[i][n] != end) {
                n++;
            }
            // Rows of the embedding beyond the tokenizer's pieces decode to nothing.
            int[] text = Arrays.stream(ids[i], 0, n).filter(id -> id < tokenizer.vocabSize()).toArray();
            samples.add(new Sample(prompts.get(i).name, prompts.get(i).text, tokenizer.decode(text)));
        }
        return samples;
    }

    @Override
    public void close() {
        tokenizer.close();
    }
}
