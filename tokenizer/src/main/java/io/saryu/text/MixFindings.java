package io.saryu.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What one should know about a language mix before hours of training are spent on it. */
public final class MixFindings {
    /** A share that is off by less than a point and a half is as asked for, as far as text that merely comes goes. */
    private static final double NEAR = 0.015;
    /** A mix is made to be within half a point. */
    private static final double REACHED = 0.005;
    /** Repeated text is worth nearly what new text is up to about so many epochs (Muennighoff et al. 2023, arXiv 2305.16264). */
    private static final double WORTH_REPEATING = 4;
    /** One language is asked for so many times as much as another, of which there is so many times as much. */
    private static final double EXCHANGED = 2;

    private MixFindings() {
    }

    /**
     * Looks for shares that the text as it comes does not have, shares that look exchanged between two languages, shares that
     * the mix misses, and text that is repeated too often.
     *
     * @param available amount per language
     * @param mixed     amount per language that the mix takes, repeats included
     * @param target    share per language that was asked for
     * @param unit      what amounts are of, such as tokens
     * @return sentences, none when all is well
     */
    public static List<String> of(Map<String, Long> available, Map<String, Long> mixed, Map<String, Double> target,
            String unit) {
        List<String> findings = new ArrayList<>();
        long there = sum(available);
        long total = sum(mixed);
        exchanged(available, target, there, unit, findings);
        target.forEach((language, share) -> {
            double natural = (double) available.get(language) / there;
            double reached = (double) mixed.get(language) / total;
            double epochs = (double) mixed.get(language) / available.get(language);
            if (natural < share - NEAR) {
                findings.add(String.format(Locale.ROOT, "%s is %.1f %% of the %s that there are, where %.1f %% are asked for:"
                        + " text taken as it comes would miss the mix; here it comes %.2f times", language, 100 * natural,
                        unit, 100 * share, epochs));
            }
            if (Math.abs(reached - share) > REACHED) {
                findings.add(String.format(Locale.ROOT, "%s reaches %.1f %% of the %s, where %.1f %% are asked for", language,
                        100 * reached, unit, 100 * share));
            }
            if (epochs > WORTH_REPEATING) {
                findings.add(String.format(Locale.ROOT, "%s comes %.1f times: beyond about %.0f times, repeated text teaches"
                        + " little more; find more of it or give it a smaller share", language, epochs, WORTH_REPEATING));
            }
        });
        return findings;
    }

    /** Pairs of which the one is asked for much more, and the other is there much more. */
    private static void exchanged(Map<String, Long> available, Map<String, Double> target, long there, String unit,
            List<String> findings) {
        target.forEach((a, wantA) -> target.forEach((b, wantB) -> {
            double haveA = (double) available.get(a) / there;
            double haveB = (double) available.get(b) / there;
            if (wantA >= EXCHANGED * wantB && haveB >= EXCHANGED * haveA) {
                findings.add(String.format(Locale.ROOT, "%s has %.1f %% and %s %.1f %% of the %s, where %.1f %% and %.1f %%"
                        + " are asked for: are the two exchanged, in the shares or in what was counted?", a, 100 * haveA, b,
                        100 * haveB, unit, 100 * wantA, 100 * wantB));
            }
        }));
    }

    private static long sum(Map<String, Long> amounts) {
        return amounts.values().stream().mapToLong(Long::longValue).sum();
    }
}
