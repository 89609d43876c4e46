package io.saryu.text;

/**
 * Says in which language a line is: by script, and among the languages written in Devanagari by a {@link LanguageModel}.
 * Most letters Latin is taken for English ({@code en}), whatever the language; of other scripts the name of the script in
 * lower case stands for the language; a line without letters is {@link #NONE}.
 *
 * <p>Allocates nothing per line. Not for use by two threads at once.
 */
public final class LanguageIdentifier {
    /** The language of a line without letters. */
    public static final String NONE = "none";
    /** The language of a line of which most letters are Latin. */
    public static final String LATIN = "en";

    private final LanguageModel model;
    private final LanguageFeatures features;
    private final ScriptShares shares = new ScriptShares();
    private final int[] sums;
    private final float[] probabilities;
    private double confidence;

    /** An identifier with the model in the jar. */
    public LanguageIdentifier() {
        this(LanguageModel.bundled());
    }

    /** An identifier with another model. */
    public LanguageIdentifier(LanguageModel model) {
        this.model = model;
        this.features = new LanguageFeatures(model.buckets());
        this.sums = new int[model.languages().size()];
        this.probabilities = new float[sums.length];
    }

    /** The language of a text. */
    public String identify(String text) {
        return identify(text.toCharArray(), 0, text.length());
    }

    /** The language of the characters from {@code from} to {@code to}. */
    public String identify(char[] text, int from, int to) {
        shares.count(text, from, to);
        Character.UnicodeScript script = shares.main();
        confidence = shares.share(script);
        if (script == null) {
            return NONE;
        }
        return switch (script) {
            case LATIN -> LATIN;
            case DEVANAGARI -> devanagari(text, from, to);
            default -> ScriptShares.name(script);
        };
    }

    private String devanagari(char[] text, int from, int to) {
        features.of(text, from, to);
        model.score(features, sums, probabilities);
        softmax(probabilities);
        int best = 0;
        for (int i = 1; i < probabilities.length; i++) {
            best = probabilities[i] > probabilities[best] ? i : best;
        }
        confidence *= probabilities[best];
        return model.languages().get(best);
    }

    /**
     * How sure the last answer is, from 0 to 1: the share of the letters that are in the script, for Devanagari times the
     * probability of the language; 0 where there are no letters.
     */
    public double confidence() {
        return confidence;
    }

    /** The scripts of the last text. */
    public ScriptShares scripts() {
        return shares;
    }

    static void softmax(float[] logits) {
        float max = logits[0];
        for (float logit : logits) {
            max = Math.max(max, logit);
        }
        float sum = 0;
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.exp(logits[i] - max);
            sum += logits[i];
        }
        for (int i = 0; i < logits.length; i++) {
            logits[i] /= sum;
        }
    }
}
