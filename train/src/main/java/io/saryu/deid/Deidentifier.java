package io.saryu.deid;

import io.saryu.generate.GuidedGenerator;
import io.saryu.instruct.PromptTemplate;
import io.saryu.model.LanguageModel;
import io.saryu.text.SentenceSplitter;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes personal data from texts with a tuned model that can only copy its input or put tags (see {@link CopyOrTag}), and with
 * patterns that look for what has a form of its own. Whatever the model and whatever the input, the result is the input with
 * stretches replaced: {@link Redaction}.
 *
 * <p>Used by one thread, as the model is, which it does not close.
 */
public final class Deidentifier {
    private final LanguageModel model;
    private final DeidentifyOptions options;
    private final List<Recognizer> recognizers;
    private final MarkingTask task;
    private final GuidedGenerator generator;
    private final SentenceSplitter sentences = new SentenceSplitter();
    private final Replacer replacer;

    /** With the patterns that are known, where the options want patterns. */
    public Deidentifier(LanguageModel model, DeidentifyOptions options) {
        this(model, options, options.patterns() ? Recognizers.ALL : List.of());
    }

    /**
     * @param recognizers look beside the model
     * @throws IllegalArgumentException when the model's tokenizer lacks a tag or what the template needs, or the model's context
     *                                  is too short for the instruction
     */
    public Deidentifier(LanguageModel model, DeidentifyOptions options, List<Recognizer> recognizers) {
        this.model = model;
        this.options = options;
        this.recognizers = List.copyOf(recognizers);
        this.task = new MarkingTask(options.template() == null ? stored(model) : options.template(), options.instruction(),
                model.tokenizer());
        this.generator = new GuidedGenerator(model.network(), model.context());
        this.replacer = new Replacer(options.style());
        if (!fits("x")) {
            throw new IllegalArgumentException("the model's context of " + model.network().config().maxPositionEmbeddings()
                    + " tokens has no room for a text beside the instruction; take a model with a larger context");
        }
    }

    private static PromptTemplate stored(LanguageModel model) {
        if (model.template() == null) {
            throw new IllegalArgumentException("the model was not tuned on instructions (it has no chat_template.jinja); give the"
                    + " adapter that saryu finetune made, or a tuned model");
        }
        return model.template();
    }

    /** One text, of any length. */
    public Redaction apply(String text) {
        return apply(List.of(text)).getFirst();
    }

    /** Several texts, computed together, in their order. */
    public List<Redaction> apply(List<String> texts) {
        List<List<Span>> found = new ArrayList<>();
        List<Piece> pieces = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            found.add(new ArrayList<>());
            List<Integer> cuts = Segments.of(texts.get(i), sentences, this::fits);
            for (int k = 1; k < cuts.size(); k++) {
                pieces.add(new Piece(i, cuts.get(k - 1), texts.get(i).substring(cuts.get(k - 1), cuts.get(k))));
            }
        }
        for (int from = 0; from < pieces.size(); from += options.batch()) {
            ask(pieces.subList(from, Math.min(pieces.size(), from + options.batch())), found);
        }
        List<Redaction> results = new ArrayList<>();
        for (int i = 0; i < texts.size(); i++) {
            String text = texts.get(i);
            recognizers.forEach(r -> found.get(results.size()).addAll(r.find(text)));
            results.add(replacer.redact(text, Spans.merge(found.get(i))));
        }
        return results;
    }

    /** A stretch of a text that the model sees at once. */
    private record Piece(int text, int offset, String content) {
    }

    private void ask(List<Piece> pieces, List<List<Span>> found) {
        List<Piece> asked = new ArrayList<>();
        List<int[]> prompts = new ArrayList<>();
        List<CopyOrTag> guides = new ArrayList<>();
        for (Piece p : pieces) {
            List<Atom> atoms = Atom.of(p.content());
            int[][] copies = task.copies(p.content(), atoms);
            // One character that is too long for the context is left to the patterns.
            if (!p.content().isBlank() && fits(copies)) {
                asked.add(p);
                prompts.add(task.prompt(copies));
                guides.add(new CopyOrTag(atoms, copies, task.tags(), options.threshold()));
            }
        }
        generator.run(prompts, guides);
        for (int i = 0; i < asked.size(); i++) {
            Piece p = asked.get(i);
            for (Span s : guides.get(i).spans()) {
                found.get(p.text()).add(new Span(s.start() + p.offset(), s.end() + p.offset(), s.tag(), s.confidence(), s.source()));
            }
        }
    }

    private boolean fits(String text) {
        // Each character takes one token at least in few texts only, so most are settled without encoding them.
        return text.length() < 4L * limit() && fits(task.copies(text, Atom.of(text)));
    }

    private boolean fits(int[][] copies) {
        int tokens = task.promptTokens() + CopyOrTag.mostTokens(copies);
        for (int[] copy : copies) {
            tokens += copy.length;
        }
        return tokens <= limit();
    }

    private int limit() {
        return model.network().config().maxPositionEmbeddings();
    }
}
