package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LanguageIdentifierTest {
    private final LanguageIdentifier identifier = new LanguageIdentifier();

    /** Sentences written for this test, not of the training text. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "The boat crossed the river before the rain came. | en",
        "नाव बारिश आने से पहले नदी के उस पार पहुँच गई थी और सब लोग घर लौट रहे थे। | hi",
        "हमका तौ पता नाय रहै कि वहु काल्हि अपने घर का चला गवा है औ सब जने वहिका ढूँढ़त हैं। | awa",
        "हमनी के काल्हु बाजार जाए के बा, बाकिर पानी बरसत रहल एहसे घरे में रह गइल बानी जा। | bho",
        "ऊ लोग कल बजार गेलथिन हल, बाकि कुछ न मिललइ त घर चल अइलथिन आउ सुत गेलथिन। | mag",
        "वानें कही कै मैं तौ कल्ल बजार कूँ जाऊँगौ और वहाँ ते तेरे काजैं मिठाई लाऊँगौ। | bra",
        "নদীর ওপারে একটি গ্রাম আছে। | bengali",
        "Река течёт медленно | cyrillic",
        "12,000 + 3 = ? । | none"})
    void findsTheLanguage(String text, String language) {
        assertEquals(language, identifier.identify(text));
    }

    @Test
    void punctuationAndDigitsSayNothing() {
        String text = "नाव बारिश आने से पहले नदी के उस पार पहुँच गई थी";
        identifier.identify(text + "।");
        double danda = identifier.confidence();
        identifier.identify(text + " . 12");
        assertEquals(danda, identifier.confidence());
    }

    @Test
    void aRangeAndMixedScripts() {
        char[] text = "xx नाव नदी के उस पार पहुँच गई है yyyy".toCharArray();
        assertEquals("hi", identifier.identify(text, 0, text.length));
        double all = identifier.confidence();
        assertEquals("hi", identifier.identify(text, 3, text.length - 5));
        assertTrue(identifier.confidence() > all);
        assertEquals(1, identifier.scripts().share(Character.UnicodeScript.DEVANAGARI));
        assertEquals("none", identifier.identify(text, 2, 3));
        assertEquals(0, identifier.confidence());
        assertEquals(0, identifier.scripts().letters());
    }

    @Test
    void countsScriptsOfWholeCodePoints() {
        ScriptShares shares = new ScriptShares();
        // Two letters beyond the basic plane, a lone surrogate, an accent that is no letter, a long s.
        char[] text = "a\uD800\uDF30\uD800\uDF31\uD800ſ\u0301é1".toCharArray();
        shares.count(text, 0, text.length);
        assertEquals(5, shares.letters());
        assertEquals(0.6, shares.share(Character.UnicodeScript.LATIN), 1e-9);
        assertEquals(0.4, shares.share(Character.UnicodeScript.GOTHIC), 1e-9);
        assertEquals(Character.UnicodeScript.LATIN, shares.main());
    }

    @Test
    void filtersWhatIsSurelyAnotherLanguage() {
        LanguageFilter filter = new LanguageFilter(new LanguageFilter.Options(Set.of("hi", "awa"), 0.9, 20),
                LanguageModel.bundled());
        assertTrue(passes(filter, "नाव बारिश आने से पहले नदी के उस पार पहुँच गई थी"));
        assertFalse(passes(filter, "The boat crossed the river before the rain came."));
        assertEquals("en", filter.language());
        assertFalse(passes(filter, "हमनी के काल्हु बाजार जाए के बा, बाकिर पानी बरसत रहल एहसे घरे में रह गइल बानी जा।"));
        assertEquals("bho", filter.language());
        assertTrue(passes(filter, "Short line"), "short lines pass");
        assertTrue(passes(filter, "12 + 12 = 24, ..., 30"), "lines without letters pass");
        String message = assertThrows(IllegalArgumentException.class, () -> new LanguageFilter(
                new LanguageFilter.Options(Set.of("hindi"), 0.9, 20), LanguageModel.bundled())).getMessage();
        assertTrue(message.contains("'hindi' cannot be told") && message.contains("en, awa, bho, bra, hi, mag"), message);
        new LanguageFilter(new LanguageFilter.Options(Set.of("bengali"), 0.9, 20), LanguageModel.bundled());
        assertThrows(IllegalArgumentException.class, () -> new LanguageFilter.Options(Set.of("hi"), 1.1, 20));
        assertThrows(IllegalArgumentException.class, () -> new LanguageFilter.Options(Set.of("hi"), 0.9, -1));
    }

    private static boolean passes(LanguageFilter filter, String line) {
        return filter.passes(line.toCharArray(), 0, line.length());
    }
}
