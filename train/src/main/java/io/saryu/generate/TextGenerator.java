package io.saryu.generate;

import io.saryu.backend.ExecutionContext;
import io.saryu.nn.Qwen3;
import io.saryu.tokenizer.StreamingDecoder;
import io.saryu.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;

/** Continues texts: encodes prompts, generates ids, decodes them as they come. Used by one thread. */
public final class TextGenerator {
    /** Hears new text as it comes. */
    @FunctionalInterface
    public interface Listener {
        /** Hears nothing, never stops. */
        Listener NONE = (prompt, text) -> true;

        /**
         * @param prompt index of the prompt
         * @param text   new text, whole characters; at times empty, once a token
         * @return false to stop this prompt's text here
         */
        boolean onText(int prompt, String text);
    }

    private final Qwen3 model;
    private final ExecutionContext ctx;
    private final Tokenizer tokenizer;
    private final int endMarker;

    /** Texts end with the tokenizer's end of text. */
    public TextGenerator(Qwen3 model, ExecutionContext ctx, Tokenizer tokenizer) {
        this(model, ctx, tokenizer, tokenizer.eosId());
    }

    /**
     * @param endMarker id that ends a text, too, and is not shown, as a prompt's template has it
     */
    public TextGenerator(Qwen3 model, ExecutionContext ctx, Tokenizer tokenizer, int endMarker) {
        this.endMarker = endMarker;
        this.model = model;
        this.ctx = ctx;
        this.tokenizer = tokenizer;
    }

    /**
     * Continues each prompt. An empty prompt begins a new text.
     *
     * @return the new texts, without the prompts, cut before the first stop string
     * @throws IllegalArgumentException when a prompt leaves no room in {@code max_position_embeddings}
     */
    public List<String> generate(List<String> prompts, GenerationOptions options, Listener listener) {
        return generate(0, prompts, options, listener);
    }

    /**
     * As {@link #generate(List, GenerationOptions, Listener)}, for some of many prompts.
     *
     * @param first number of the first of these among all prompts; a text does not depend on how they are divided into calls
     */
    public List<String> generate(int first, List<String> prompts, GenerationOptions options, Listener listener) {
        int[][] ids = tokenizer.encodeBatch(prompts, ctx.threads());
        List<Text> texts = new ArrayList<>();
        for (int i = 0; i < ids.length; i++) {
            if (ids[i].length == 0) {
                // In training a new text follows the end of another.
                ids[i] = new int[] {tokenizer.eosId()};
            }
            texts.add(new Text(i, options, listener));
        }
        new TokenGenerator(model, ctx, tokenizer.eosId(), endMarker).generate(first, ids, options,
                (sequence, id) -> texts.get(sequence).accept(id));
        texts.forEach(Text::finish);
        return texts.stream().map(t -> t.all.toString()).toList();
    }

    /** One prompt's new text. */
    private final class Text {
        final StringBuilder all = new StringBuilder();
        private final int index;
        private final Listener listener;
        private final StreamingDecoder decoder = new StreamingDecoder(tokenizer);
        private final StopStrings stops;
        private final boolean ignoreEos;
        private boolean stopped;

        Text(int index, GenerationOptions options, Listener listener) {
            this.ignoreEos = options.ignoreEos();
            this.index = index;
            this.listener = listener;
            this.stops = new StopStrings(options.stopStrings());
        }

        boolean accept(int id) {
            if (id == endMarker && !ignoreEos) {
                return true;
            }
            boolean wanted = show(stops.add(decoder.add(id)));
            stopped = !wanted || stops.ended();
            return !stopped;
        }

        void finish() {
            if (!stopped) {
                String rest = stops.add(decoder.finish());
                show(rest + stops.finish());
            }
        }

        private boolean show(String text) {
            all.append(text);
            return listener.onText(index, text);
        }
    }
}
