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
        "a. Wash the rice. ¦Then boil it.",
        "iv. Add the salt. ¦Stir.",
        "*2. The second part. ¦(3. the third.)",
        "We met at 10:30. ¦Lunch cost $24.50. ¦Rows 10-11. ¦The M-14. ¦End.",
        "It is over. ¦and i like it. ¦so what",
        "She smiled (she was tired.) ¦then she slept.",
        "He brought rope (nails, etc.) and left.",
        "We saw the hills of the country.¦They were green...¦There was snow!¦But no wind?¦Yes.",
        "Load java.util.The in Main.java or see example.com.In brief, no.",
        "P.S. Bring bread. ¦Tues. 4 May, Ph. (02) 555. ¦Fax. 12.",
        "Look at this. ¦http://example.org/a.b?c=d! ¦See?",
        "What a day! :) ¦We won. =D ¦yes, really. ^_^ ¦Home 😀 now! 😀👍🏽 ¦Sleep.",
        "The film was fun … and long. ¦She read the play … ¦It was late.",
        "Plan B. Baker agreed, but Vitamin C. ¦This is it.",
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
        "यह घर है. ¦वह बाग़ है.¦और नदी भी. ¦ठीक",
        "के. एल. सहगल ने गाया. ¦सी. राजगोपालाचारी ने सुना।",
        "नमस्ते जी. ¦आप कैसे हैं?",
        "वह ई. पू. 300 में था। ¦लगभग 5 कि.मी. दूर, प्रा. लि. कंपनी।",
        "क. पहला काम करो। ¦12. दूसरा काम करो।",
        "“क्या हुआ?” मोहन ने पूछा। ¦“कुछ नहीं।” सीता धीरे से बोली। ¦फिर सब चुप।",
        "“मुझे यह पसंद है।” ¦वह कहता है, “और यह भी।”",
        "वह सोचता रहा... फिर चल दिया। ¦लेकिन … कहाँ?",
        "चलो!¦कहाँ?¦बाज़ार।",
        "बारिश आई। 🌧️ ¦सब भागे।",
        "उसने लिखा (“ठीक है।”) ¦[हाँ।] ¦बस",
        "a | b",
        "ठोकर लगी तो गिर पड़ा। ¦He fell. ¦वह रोया।",
        // Awadhi
        "मंगल भवन अमंगल हारी। ¦द्रवउ सुदसरथ अजिर बिहारी।।12।। ¦सुनु गिरिजा",
        "जय हनुमान ॥ १२ ॥ ¦राम दूत",
        "रहित दूषन सहित।।14(घ)।। ¦बंदउँ गुरु पद।।15-16।।¦सुनु",
        "‘ तुम कहाँ जात हौ ?’ रामू कहेसि । ¦वहु चुप रहा ।",
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
    @ValueSource(strings = {"| ", ". ", "1. ", "a. ", "।", "।1", "? (", "a.", ".", "। ", "।1 ", "!😀", ". :) ", "?\u0301", "है.", "।” क ",
        "aa.The", "क. ", "।(", "a\u00A0."})
    void aHostileMegabyteEndsSoon(String piece) {
        String line = piece.repeat((1 << 20) / piece.length());
        String joined = String.join("", splitter.split(line));
        assertEquals(line.replace(" ", ""), joined.replace(" ", ""));
    }
}
