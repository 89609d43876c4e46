package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MixFindingsTest {
    /** What the first user had, and asked for. */
    private static final Map<String, Long> TOKENS = amounts(2_040_999_488L, 1_619_964_264L, 226_219_398L);
    private static final Map<String, Double> SHARES = shares(0.5, 0.35, 0.15);

    private static Map<String, Long> amounts(long en, long hi, long awa) {
        Map<String, Long> amounts = new LinkedHashMap<>();
        amounts.put("en", en);
        amounts.put("hi", hi);
        amounts.put("awa", awa);
        return amounts;
    }

    private static Map<String, Double> shares(double en, double hi, double awa) {
        Map<String, Double> shares = new LinkedHashMap<>();
        shares.put("en", en);
        shares.put("hi", hi);
        shares.put("awa", awa);
        return shares;
    }

    private static List<String> findings(Map<String, Long> available, Map<String, Double> shares, double maxEpochs) {
        LanguageMix.Plan plan = LanguageMix.largest(available, shares, maxEpochs);
        Map<String, Long> mixed = new LinkedHashMap<>();
        plan.languages().forEach(l -> mixed.put(l.language(), l.count()));
        return MixFindings.of(available, mixed, shares, "tokens");
    }

    @Test
    void saysThatALanguageIsScarce() {
        assertEquals(List.of("awa is 5.8 % of the tokens that there are, where 15.0 % are asked for: text taken as it comes"
                + " would miss the mix; here it comes 2.00 times"), findings(TOKENS, SHARES, 2));
    }

    @Test
    void saysThatTheMixWasMissed() {
        assertEquals("awa reaches 5.8 % of the tokens, where 15.0 % are asked for",
                MixFindings.of(TOKENS, TOKENS, SHARES, "tokens").getLast());
    }

    @Test
    void asksWhetherTwoLanguagesAreExchanged() {
        // The shares written the wrong way round, over the text that there is ...
        assertEquals("awa has 5.8 % and hi 41.7 % of the tokens, where 35.0 % and 15.0 % are asked for: are the two exchanged,"
                + " in the shares or in what was counted?", findings(TOKENS, shares(0.5, 0.15, 0.35), 2).getFirst());
        // ... and the counts, under the right shares.
        assertEquals("hi has 15.0 % and awa 35.0 % of the tokens, where 35.0 % and 15.0 % are asked for: are the two exchanged,"
                + " in the shares or in what was counted?",
                findings(amounts(5_000_000, 1_500_000, 3_500_000), SHARES, 4).getFirst());
    }

    @Test
    void saysNothingOfAMixThatIsThere() {
        assertEquals(List.of(), findings(amounts(5_000_000, 3_500_000, 1_500_000), SHARES, 1));
        assertEquals(List.of(), findings(amounts(5_000, 4_950, 50), shares(0.49, 0.50, 0.01), 4));
        // English is asked for more and there is more Hindi, but not by so much that one would ask.
        assertEquals(1, findings(amounts(324, 478, 198), SHARES, 4).size());
    }

    @Test
    void saysThatTextComesTooOften() {
        assertEquals("awa comes 8.0 times: beyond about 4 times, repeated text teaches little more; find more of it or give it"
                + " a smaller share", findings(TOKENS, SHARES, 8).getLast());
    }
}
