package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LanguageMixTest {
    /** The first user's tokens and target. */
    private static final Map<String, Long> TOKENS =
            Map.of("en", 2_040_999_488L, "hi", 1_619_964_264L, "awa", 226_219_398L);
    private static final Map<String, Double> SHARES = ordered("en", 0.5, "hi", 0.35, "awa", 0.15);

    private static Map<String, Double> ordered(Object... pairs) {
        Map<String, Double> map = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            map.put((String) pairs[i], (Double) pairs[i + 1]);
        }
        return map;
    }

    @Test
    void theScarceLanguageBoundsTheTotal() {
        LanguageMix.Plan plan = LanguageMix.largest(TOKENS, SHARES, 2);
        assertEquals(3_016_258_640L, plan.total());
        LanguageMix.Language awadhi = plan.languages().get(2);
        assertEquals("awa", awadhi.language());
        assertEquals(2, awadhi.epochs(), 1e-9);
        assertEquals(1_508_129_320.0 / 2_040_999_488.0, plan.languages().get(0).epochs(), 1e-9);
        assertEquals(plan.total(), plan.languages().stream().mapToLong(LanguageMix.Language::count).sum());
    }

    @Test
    void refusesTooManyEpochsAndNamesTheLanguage() {
        String message = assertThrows(IllegalArgumentException.class,
                () -> LanguageMix.of(TOKENS, SHARES, 2, 4_000_000_000L)).getMessage();
        assertEquals("a mix of 4,000,000,000 with 15.00 % awa takes its 226,219,398 in 2.65 epochs, more than"
                + " max_epochs 2.0; ask for at most 3,016,258,640 in all, give awa a smaller share, or raise"
                + " max_epochs", message);
        assertEquals(2.65, LanguageMix.of(TOKENS, SHARES, 3, 4_000_000_000L).languages().get(2).epochs(), 0.01);
    }

    @Test
    void theLargestMixIsAlwaysAllowed() {
        Random random = new Random(3);
        for (int i = 0; i < 2000; i++) {
            Map<String, Long> available = new TreeMap<>();
            double[] weights = random.doubles(3, 0.01, 1).toArray();
            double sum = weights[0] + weights[1] + weights[2];
            Map<String, Double> shares = new TreeMap<>();
            for (int k = 0; k < 3; k++) {
                available.put("l" + k, 1 + random.nextLong(1L << (1 + random.nextInt(40))));
                shares.put("l" + k, weights[k] / sum);
            }
            double maxEpochs = 0.5 + random.nextInt(8);
            LanguageMix.Plan plan = LanguageMix.largest(available, shares, maxEpochs);
            if (plan.total() > 0) {
                assertEquals(plan, LanguageMix.of(available, shares, maxEpochs, plan.total()));
            }
        }
    }

    @Test
    void wholeNumbersAddUp() {
        assertEquals(Map.of("a", 4L, "b", 3L, "c", 3L),
                LanguageMix.apportion(10, ordered("a", 1 / 3.0, "b", 1 / 3.0, "c", 1 / 3.0)));
        assertEquals(Map.of("en", 5L, "hi", 3L, "awa", 2L), LanguageMix.apportion(10, ordered("en", 0.5, "hi", 0.3,
                "awa", 0.2)));
    }

    @Test
    void refusesWhatDoesNotGoTogether() {
        refused("awa, of which there is no text", Map.of("en", 5L), ordered("en", 0.5, "awa", 0.5));
        refused("awa, of which there is no text", Map.of("en", 5L, "awa", 0L), ordered("en", 0.5, "awa", 0.5));
        refused("text in awa but no share", Map.of("en", 5L, "awa", 1L), ordered("en", 1.0));
        refused("add up to 0.9", Map.of("en", 5L, "hi", 5L), ordered("en", 0.5, "hi", 0.4));
        refused("the share of hi is -0.5", Map.of("en", 5L, "hi", 5L), ordered("en", 1.0, "hi", -0.5));
        refused("names no language", Map.of(), Map.of());
    }

    private static void refused(String part, Map<String, Long> available, Map<String, Double> shares) {
        String message = assertThrows(IllegalArgumentException.class,
                () -> LanguageMix.largest(available, shares, 1)).getMessage();
        assertTrue(message.contains(part), message);
    }
}
