package io.saryu.text;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** The arithmetic of a language mix: how often each language is gone through so that target shares are reached. */
public final class LanguageMix {
    private static final double SHARE_TOLERANCE = 1e-6;

    private LanguageMix() {
    }

    /**
     * A mix.
     *
     * @param total     tokens (or lines) of all languages together
     * @param languages one entry a language, in the order of the shares
     */
    public record Plan(long total, List<Language> languages) {
    }

    /**
     * One language of a mix.
     *
     * @param language  its code
     * @param available tokens (or lines) that there are
     * @param share     target share, 0 to 1
     * @param count     tokens (or lines) that the mix takes
     * @param epochs    {@code count / available}: below 1 a part is left out, above 1 text comes again
     */
    public record Language(String language, long available, double share, long count, double epochs) {
    }

    /**
     * The largest mix in which no language comes more often than {@code maxEpochs} times: the total is the smallest
     * {@code available * maxEpochs / share}, rounded down.
     *
     * @param available tokens (or lines) per language
     * @param shares    target share per language, positive, summing to 1 within 1e-6
     * @param maxEpochs most epochs of any language, above 0
     * @throws IllegalArgumentException naming the language that has a share and no text, or text and no share
     */
    public static Plan largest(Map<String, Long> available, Map<String, Double> shares, double maxEpochs) {
        check(available, shares, maxEpochs);
        double total = Double.MAX_VALUE;
        for (var share : shares.entrySet()) {
            total = Math.min(total, available.get(share.getKey()) * maxEpochs / share.getValue());
        }
        return divide(available, shares, (long) Math.min(total, 0x1p62));
    }

    /**
     * The mix of {@code total} tokens (or lines).
     *
     * @throws IllegalArgumentException as {@link #largest}, and when a language would come more often than
     *                                  {@code maxEpochs} times, naming it and the largest total that is possible
     */
    public static Plan of(Map<String, Long> available, Map<String, Double> shares, double maxEpochs, long total) {
        check(available, shares, maxEpochs);
        if (total < 1) {
            throw new IllegalArgumentException("the total of the mix is " + total + "; give at least 1");
        }
        Plan plan = divide(available, shares, total);
        for (Language language : plan.languages()) {
            // Rounding to whole tokens is no excess.
            if (language.count() > Math.ceil(language.available() * maxEpochs)) {
                throw new IllegalArgumentException(String.format(Locale.ROOT,
                        "a mix of %,d with %.4g %% %s takes its %,d in %.2f epochs, more than max_epochs %s;"
                                + " ask for at most %,d in all, give %s a smaller share, or raise max_epochs",
                        total, 100 * language.share(), language.language(), language.available(), language.epochs(),
                        maxEpochs, largest(available, shares, maxEpochs).total(), language.language()));
            }
        }
        return plan;
    }

    /**
     * {@code total} by shares in whole numbers that add up to it: rounded down, then one more to those with the largest
     * remainders (on a tie, to the first).
     */
    static Map<String, Long> apportion(long total, Map<String, Double> shares) {
        double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        Map<String, Double> exact = new LinkedHashMap<>();
        shares.forEach((language, share) -> exact.put(language, total * (share / sum)));
        Map<String, Long> counts = new LinkedHashMap<>();
        exact.forEach((language, count) -> counts.put(language, (long) Math.floor(count)));
        long missing = total - counts.values().stream().mapToLong(Long::longValue).sum();
        List<String> byRemainder = shares.keySet().stream()
                .sorted(Comparator.comparingDouble(language -> counts.get(language) - exact.get(language)))
                .toList();
        for (int i = 0; i < missing && i < byRemainder.size(); i++) {
            counts.merge(byRemainder.get(i), 1L, Long::sum);
        }
        return counts;
    }

    private static Plan divide(Map<String, Long> available, Map<String, Double> shares, long total) {
        Map<String, Long> counts = apportion(total, shares);
        return new Plan(total, shares.entrySet().stream().map(share -> {
            long there = available.get(share.getKey());
            long count = counts.get(share.getKey());
            return new Language(share.getKey(), there, share.getValue(), count, (double) count / there);
        }).toList());
    }

    private static void check(Map<String, Long> available, Map<String, Double> shares, double maxEpochs) {
        if (!(maxEpochs > 0)) {
            throw new IllegalArgumentException("max_epochs is " + maxEpochs + "; give a number above 0");
        }
        if (shares.isEmpty()) {
            throw new IllegalArgumentException("the mix names no language; give shares such as en=0.6,hi=0.4");
        }
        shares.forEach((language, share) -> {
            if (!(share > 0 && share <= 1)) {
                throw new IllegalArgumentException("the share of " + language + " is " + share
                        + "; give a number above 0 and at most 1, or leave the language out");
            }
            Long there = available.get(language);
            if (there == null || there < 1) {
                throw new IllegalArgumentException("the mix asks for " + language + ", of which there is no text;"
                        + " add text or take " + language + " out of the shares");
            }
        });
        double sum = shares.values().stream().mapToDouble(Double::doubleValue).sum();
        if (Math.abs(sum - 1) > SHARE_TOLERANCE) {
            throw new IllegalArgumentException("the shares of " + String.join(", ", shares.keySet()) + " add up to "
                    + sum + "; make them add up to 1");
        }
        String extra = available.keySet().stream().filter(language -> !shares.containsKey(language)).sorted()
                .collect(Collectors.joining(", "));
        if (!extra.isEmpty()) {
            throw new IllegalArgumentException("there is text in " + extra
                    + " but no share for it; give it a share or leave its text out");
        }
    }
}
