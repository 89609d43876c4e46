package io.saryu.data;

import io.saryu.text.LanguageMix;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Token files cut into windows of T tokens that do not overlap, shuffled anew in each epoch, languages mixed so that each
 * has its share of the tokens.
 *
 * <p>With shares, an epoch is as long as all the data together, or shorter when a language would otherwise come more often
 * than {@code maxEpochs} times; each language's share of it is exact to one window. A language that is cut short goes on
 * in the next epoch where it stopped: no window comes again before all of them came. Without shares an epoch is every
 * window once.
 */
public final class PackedDataset implements BatchSource {
    /**
     * One language's tokens.
     *
     * @param share of the training tokens, 0 to 1; null in all languages for as they come
     */
    public record Language(String name, TokenSequence tokens, Double share) {
    }

    private record Part(String language, TokenSequence tokens, long available, long perEpoch, long firstItem) {
    }

    private final List<Part> parts = new ArrayList<>();
    private final int contextLength;
    private final long seed;
    private final long windowsPerEpoch;

    /**
     * @param contextLength T
     * @param maxEpochs     how often a language may come in one epoch of the mixture
     * @param seed          another seed gives another order
     * @throws IllegalArgumentException when a language has fewer than T + 1 tokens, or shares do not fit
     */
    public PackedDataset(List<Language> languages, int contextLength, double maxEpochs, long seed) {
        this.contextLength = contextLength;
        this.seed = seed;
        Map<String, Long> available = new LinkedHashMap<>();
        Map<String, Double> shares = new LinkedHashMap<>();
        for (Language language : languages) {
            available.put(language.name(), windows(language.tokens(), contextLength));
            if (language.share() != null) {
                shares.put(language.name(), language.share());
            }
        }
        Map<String, Long> counts = shares.isEmpty() ? available : mixed(available, shares, maxEpochs);
        long first = 0;
        for (Language language : languages) {
            long count = counts.get(language.name());
            parts.add(new Part(language.name(), language.tokens(), available.get(language.name()), count, first));
            first += count;
        }
        this.windowsPerEpoch = first;
    }

    private static long windows(TokenSequence tokens, int contextLength) {
        // The last token of a window needs the one after it as its target.
        long windows = (tokens.count() - 1) / contextLength;
        if (windows < 1) {
            throw new IllegalArgumentException("context_length " + contextLength + " is longer than the data: "
                    + tokens.name() + " has " + tokens.count() + " tokens and one window needs " + (contextLength + 1L)
                    + "; add text or set data.context_length to at most " + Math.max(1, tokens.count() - 1));
        }
        return windows;
    }

    private static Map<String, Long> mixed(Map<String, Long> available, Map<String, Double> shares, double maxEpochs) {
        long all = available.values().stream().mapToLong(Long::longValue).sum();
        long total = Math.max(1, Math.min(all, LanguageMix.largest(available, shares, maxEpochs).total()));
        Map<String, Long> counts = new LinkedHashMap<>();
        // Rounding may ask for one window more than maxEpochs allow, so the bound is not checked again here.
        LanguageMix.of(available, shares, Double.MAX_VALUE, total).languages()
                .forEach(language -> counts.put(language.language(), language.count()));
        return counts;
    }

    @Override
    public int contextLength() {
        return contextLength;
    }

    @Override
    public long windowsPerEpoch() {
        return windowsPerEpoch;
    }

    /** Windows per epoch of each language. */
    public Map<String, Long> windowsByLanguage() {
        Map<String, Long> counts = new LinkedHashMap<>();
        parts.forEach(p -> counts.put(p.language, p.perEpoch));
        return counts;
    }

    /** Windows that there are of each language. */
    public Map<String, Long> availableByLanguage() {
        Map<String, Long> counts = new LinkedHashMap<>();
        parts.forEach(p -> counts.put(p.language, p.available));
        return counts;
    }

    /** How often each language's text comes in one epoch of the mixture. */
    public Map<String, Double> epochsByLanguage() {
        Map<String, Double> epochs = new LinkedHashMap<>();
        parts.forEach(p -> epochs.put(p.language, (double) p.perEpoch / p.available));
        return epochs;
    }

    /** The language of the window at a position. */
    public String languageAt(long position) {
        return locate(position).part.language;
    }

    @Override
    public void fill(long position, int batch, int[] ids, int[] targets) {
        Objects.checkFromIndexSize(0, Math.multiplyExact(batch, contextLength), Math.min(ids.length, targets.length));
        int[] window = new int[contextLength + 1];
        for (int b = 0; b < batch; b++) {
            Place place = locate(position + b);
            place.part.tokens.read(place.window * contextLength, window, 0, contextLength + 1);
            System.arraycopy(window, 0, ids, b * contextLength, contextLength);
            System.arraycopy(window, 1, targets, b * contextLength, contextLength);
        }
    }

    private record Place(Part part, long window) {
    }

    private Place locate(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("window " + position + " is before the start of the data");
        }
        long epoch = position / windowsPerEpoch;
        long item = new Shuffle(windowsPerEpoch, Shuffle.mix(seed, epoch)).at(position % windowsPerEpoch);
        int p = parts.size() - 1;
        while (parts.get(p).firstItem > item) {
            p--;
        }
        Part part = parts.get(p);
        // The language's own endless sequence: pass after pass over its windows, each pass in an order of its own.
        long drawn = epoch * part.perEpoch + (item - part.firstItem);
        long pass = drawn / part.available;
        long key = Shuffle.mix(Shuffle.mix(~seed, p), pass);
        return new Place(part, new Shuffle(part.available, key).at(drawn % part.available));
    }
}
