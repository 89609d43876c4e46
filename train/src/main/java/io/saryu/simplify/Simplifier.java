package io.saryu.simplify;

import io.saryu.generate.GenerationOptions;
import io.saryu.generate.TextGenerator;
import io.saryu.model.LanguageModel;
import io.saryu.text.SentenceSplitter;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Makes texts easier to read with a model that was tuned to, sentence by sentence, as it was tuned.
 *
 * <p>Used by one thread, as the model is, which it does not close.
 */
public final class Simplifier {
    /** One of those that the task's data has. */
    public static final String INSTRUCTION = "Simplify the following sentence to make it easier to read.";
    /** Tokens that an answer may have where nothing else is said. */
    public static final int MAX_NEW_TOKENS = 256;

    private final LanguageModel model;
    private final String instruction;
    private final int maxNewTokens;
    private final SentenceSplitter splitter = new SentenceSplitter();

    /** With the usual instruction. */
    public Simplifier(LanguageModel model) {
        this(model, INSTRUCTION, MAX_NEW_TOKENS);
    }

    /**
     * @param instruction  what the model is asked to do
     * @param maxNewTokens tokens of an answer at most
     * @throws IllegalArgumentException when the model was not tuned on instructions
     */
    public Simplifier(LanguageModel model, String instruction, int maxNewTokens) {
        this.model = model;
        this.instruction = instruction;
        this.maxNewTokens = maxNewTokens;
        // A model that was not tuned is refused before the first text.
        model.prompt(instruction, "");
    }

    /** One text. */
    public String apply(String text) {
        return apply(List.of(text)).getFirst();
    }

    /**
     * Several texts, computed together, in their order; a blank one stays as it is.
     *
     * @throws IllegalArgumentException when a sentence is longer than the model's context
     */
    public List<String> apply(List<String> texts) {
        List<List<String>> sentences = texts.stream().map(splitter::split).toList();
        List<String> prompts = sentences.stream().flatMap(List::stream).map(s -> model.prompt(instruction, s)).toList();
        Iterator<String> answers = prompts.isEmpty() ? List.<String>of().iterator()
                : model.generate(prompts, GenerationOptions.greedy(maxNewTokens), TextGenerator.Listener.NONE).iterator();
        List<String> results = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            List<String> simple = new ArrayList<>();
            sentences.get(i).forEach(s -> simple.add(answers.next().strip()));
            results.add(simple.isEmpty() ? texts.get(i) : String.join(" ", simple));
        }
        return results;
    }
}
