package io.saryu.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceSplitterTest {
    private final SentenceSplitter splitter = new SentenceSplitter();

    /** Each value is one line; {@code ¦} stands where it is split. */
    @ParameterizedTest
    @ValueSource(strings = {
        // English
        "It rained. ¦We stayed! ¦Why not?",
        "Dr. Grantly met Mr. J. K. Rowling in St. Paul. ¦He left.",
        "It costs 3.14 dollars at e.g. the shop. ¦Fine.",
        "The U.S. Senate met at 5 p.m. ¦The vote failed.",
        "See Fig. 3 and pp. 12-14 in vol. 2. ¦Then stop.",
        "He works at Acme Inc. ¦They sell all.",
        "He works at Acme Inc. Boston, etc. and more.",
        "“Stop!” he said. ¦“Why?” ¦She wept.",
        "\"Is it so?\" she asked. ¦(It was.) ¦Good.",
        "1. First of all. ¦Second.",
        "Wait... ¦What?! ¦Really",
        "well . . . perhaps not. ¦Yes.",
        "Visit www.example.com. ¦Now.",
        "no capital here. ¦but a sentence",
        "Alone",
        // Hindi
        "यह घर है। ¦वह बाग़ है।",
        "यह घर है।¦वह बाग़ है॥",
        "क्या हुआ? ¦वह गया! ¦अच्छा।",
        "डॉ. शर्मा और पं. नेहरू आए। ¦वे बैठे।",
        "एम.ए. पास किया। ¦एच. जी. वेल्स ने लिखा।",
        "उसने कहा, “मैं आऊँगा।” ¦फिर वह चला गया।",
        "कीमत 3.50 रु. 5 थी। ¦ठीक।",
        "यह घर है | ¦वह बाग़ है |",
        "a | b",
        "ठोकर लगी तो गिर पड़ा। ¦He fell. ¦वह रोया।",
        // Awadhi
        "मंगल भवन अमंगल हारी। ¦द्रवउ सुदसरथ अजिर बिहारी।।12।। ¦सुनु गिरिजा",
        "जय हनुमान ॥ १२ ॥ ¦राम दूत",
        "दच्छिना बढ़ाय के मिलि जायी । ¦' अबही लेव ।",
        "का हुइगा है चच्चा ? ¦हम जात हन । । ¦ठीक"})
    void splits(String marked) {
        List<String> expected = Arrays.stream(marked.split("¦")).map(String::strip).toList();
        assertEquals(expected, splitter.split(marked.replace("¦", "")));
    }

    @Test
    void aBlankLineHasNoSentence() {
        assertEquals(List.of(), splitter.split(""));
        assertEquals(List.of(), splitter.split("  "));
    }

    @Test
    void nothingIsLostInRandomText() {
        String signs = ".?!…।॥|\"'”)( 1२aBकह,:";
        for (int seed = 0; seed < 2000; seed++) {
            Random random = new Random(seed);
            StringBuilder line = new StringBuilder();
            for (int i = random.nextInt(40); i > 0; i--) {
                line.append(signs.charAt(random.nextInt(signs.length())));
            }
            String joined = String.join("", splitter.split(line.toString()));
            assertEquals(line.toString().replace(" ", ""), joined.replace(" ", ""));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"| ", ". ", "1. ", "a. ", "।", "।1", "? (", "a.", "."})
    void aHostileMegabyteEndsSoon(String piece) {
        String line = piece.repeat((1 << 20) / piece.length());
        String joined = String.join("", splitter.split(line));
        assertEquals(line.replace(" ", ""), joined.replace(" ", ""));
    }
}
