package io.saryu.text;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * Trains a {@link LanguageModel}: softmax regression by AdaGrad, one text a step, languages weighted so that each counts
 * alike. Equal texts and options give equal bytes.
 */
public final class LanguageTrainer {
    private final Options options;

    /**
     * How to train.
     *
     * @param buckets      features that n-grams are hashed to, a power of two; the model has a byte for each and language
     * @param epochs       how often each text is taken
     * @param learningRate of AdaGrad
     * @param weightDecay  L2 penalty, added to gradients of the features that a text has
     * @param seed         of the order
     */
    public record Options(int buckets, int epochs, float learningRate, float weightDecay, long seed) {
        /** What the model in the jar was trained with. */
        public static final Options DEFAULT = new Options(1 << 17, 10, 0.5f, 1e-4f, 7);

        /** Checks the ranges. */
        public Options {
            if (Integer.bitCount(buckets) != 1 || buckets < 16 || buckets > 1 << 22) {
                throw new IllegalArgumentException("buckets must be a power of two from 16 to 4194304, not " + buckets);
            }
            if (epochs < 1 || !(learningRate > 0) || !(weightDecay >= 0)) {
                throw new IllegalArgumentException("epochs must be at least 1, the learning rate above 0 and the weight decay"
                        + " at least 0, not " + epochs + ", " + learningRate + " and " + weightDecay);
            }
        }
    }

    /**
     * A text and its language.
     *
     * @param language a code, as hi
     */
    public record Example(String text, String language) {
    }

    /** A trainer. */
    public LanguageTrainer(Options options) {
        this.options = options;
    }

    /**
     * Trains on all examples.
     *
     * @throws IllegalArgumentException when there are less than two languages
     */
    public LanguageModel train(List<Example> examples) {
        List<String> languages = List.copyOf(new TreeSet<>(examples.stream().map(Example::language).toList()));
        if (languages.size() < 2) {
            throw new IllegalArgumentException("a language model needs texts of at least two languages, not of " + languages);
        }
        int classes = languages.size();
        Map<String, Integer> sizes = new HashMap<>();
        examples.forEach(example -> sizes.merge(example.language(), 1, Integer::sum));
        float[] weights = new float[options.buckets * classes];
        float[] squares = new float[weights.length];
        float[] gradient = new float[classes];
        LanguageFeatures features = new LanguageFeatures(options.buckets);
        int[] order = new int[examples.size()];
        for (int i = 0; i < order.length; i++) {
            order[i] = i;
        }
        Random random = new Random(options.seed);
        for (int epoch = 0; epoch < options.epochs; epoch++) {
            shuffle(order, random);
            for (int index : order) {
                Example example = examples.get(index);
                int label = languages.indexOf(example.language());
                float weight = examples.size() / ((float) classes * sizes.get(example.language()));
                char[] text = example.text().toCharArray();
                features.of(text, 0, text.length);
                step(features, weights, squares, gradient, label, weight);
            }
        }
        return LanguageModel.of(languages, options.buckets, weights);
    }

    private void step(LanguageFeatures features, float[] weights, float[] squares, float[] gradient, int label,
                      float weight) {
        int count = features.count();
        if (count == 0) {
            return;
        }
        int classes = gradient.length;
        float value = 1 / (float) Math.sqrt(count);
        java.util.Arrays.fill(gradient, 0);
        for (int f = 0; f < count; f++) {
            int at = features.bucket(f) * classes;
            for (int k = 0; k < classes; k++) {
                gradient[k] += weights[at + k] * value;
            }
        }
        LanguageIdentifier.softmax(gradient);
        gradient[label] -= 1;
        for (int f = 0; f < count; f++) {
            int at = features.bucket(f) * classes;
            for (int k = 0; k < classes; k++) {
                float g = gradient[k] * value * weight + options.weightDecay * weights[at + k];
                squares[at + k] += g * g;
                weights[at + k] -= options.learningRate * g / (float) (Math.sqrt(squares[at + k]) + 1e-6);
            }
        }
    }

    private static void shuffle(int[] order, Random random) {
        for (int i = order.length - 1; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
    }

    /**
     * Trains and tests in folds over groups of texts that share five words in a row, so that what was one document is in
     * one fold, as far as that can be seen.
     *
     * @param also  texts that are trained on too, where their own fold is not the one tested, and never tested on
     * @param folds at least 2
     * @param seed  of the folds
     */
    public LanguageScore crossValidate(List<Example> examples, List<Example> also, int folds, long seed) {
        List<Example> all = new ArrayList<>(examples);
        all.addAll(also);
        int[] fold = LanguageFolds.of(all, folds, seed);
        List<String> languages = List.copyOf(new TreeSet<>(all.stream().map(Example::language).toList()));
        long[][] confusion = new long[languages.size()][languages.size()];
        for (int held = 0; held < folds; held++) {
            List<Example> train = new ArrayList<>();
            for (int i = 0; i < fold.length; i++) {
                if (fold[i] != held) {
                    train.add(all.get(i));
                }
            }
            LanguageIdentifier identifier = new LanguageIdentifier(train(train));
            for (int i = 0; i < examples.size(); i++) {
                if (fold[i] == held) {
                    String found = identifier.identify(examples.get(i).text());
                    int column = languages.indexOf(found);
                    // Text without Devanagari is none of them: it counts for the first language that it is not.
                    int row = languages.indexOf(examples.get(i).language());
                    confusion[row][column >= 0 ? column : row == 0 ? 1 : 0]++;
                }
            }
        }
        return new LanguageScore(languages, confusion);
    }
}
