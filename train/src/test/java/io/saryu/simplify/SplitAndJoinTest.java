package io.saryu.simplify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules on sentences whose simpler form is known. */
class SplitAndJoinTest {
    private static List<Pair> pairs(String language, String line) {
        List<Pair> pairs = new ArrayList<>();
        new SplitAndJoin(language, pairs::add).line(line);
        return pairs;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {
        "hi # clauses # राम अपने घर गया था और सीता बाज़ार से लौटी थी। # राम अपने घर गया था। सीता बाज़ार से लौटी थी।",
        "hi # clauses # वह बहुत बीमार था, लेकिन वह रोज़ काम पर गया । # वह बहुत बीमार था। लेकिन वह रोज़ काम पर गया।",
        "hi # clauses # बच्चे आज घर में थे क्योंकि बाहर बारिश हो रही थी। # बच्चे आज घर में थे। इसका कारण यह है कि बाहर बारिश हो रही थी।",
        "hi # quotation # राम ने कहा, \"मैं कल आऊँगा।\" # राम ने कहा कि मैं कल आऊँगा।",
        "hi # quotation # \"क्या तुम चलोगे?\" राम ने पूछा। # राम ने पूछा कि क्या तुम चलोगे?",
        "hi # aside # हमारे गाँव की नदी (जो बहुत छोटी है) गर्मी में सूख जाती है। # हमारे गाँव की नदी गर्मी में सूख जाती है।",
        "awa # clauses # लरिका अपने घरै चला गवा मुला बिटिया हिंयै बइठी रही । # लरिका अपने घरै चला गवा। मुला बिटिया हिंयै बइठी रही।",
        "awa # quotation # परधान कहेनि -‘हम काल्हि आउब ।' # परधान कहेनि कि हम काल्हि आउब।"})
    void knownSentences(String language, String rule, String source, String target) {
        List<Pair> pairs = pairs(language, source);
        assertEquals(1, pairs.size(), source);
        assertEquals(target, pairs.getFirst().target());
        assertEquals(rule, pairs.getFirst().origin());
        assertTrue(pairs.getFirst().synthetic());
    }

    @Test
    void neighboursAreJoined() {
        List<Pair> pairs = pairs("hi", "राम घर गया। सीता भी आई थी। मोहन सो रहा था। गीता गाती थी।");
        assertTrue(!pairs.isEmpty() && pairs.stream().allMatch(p -> p.origin().equals("joined")), pairs.toString());
        for (Pair pair : pairs) {
            String[] separate = pair.target().split("। |।$");
            assertTrue(separate.length >= 2);
            for (String sentence : separate) {
                assertTrue(pair.source().contains(sentence), pair.toString());
            }
            assertEquals(1, pair.source().chars().filter(c -> c == '।').count());
        }
    }

    @Test
    void nothingComesOfWhatNoRuleKnows() {
        for (String line : new String[] {"", " ", "राम", "।", "।।।", "Only English here. And more of it.", "(", "\"\"", "१२३ ४५६।", "राम ने कहा \"", "बूदवाड ( कडप ) में एक गाँव है।"}) {
            assertEquals(List.of(), pairs("hi", line), line);
            assertEquals(List.of(), pairs("awa", line), line);
        }
        assertThrows(IllegalArgumentException.class, () -> new SplitAndJoin("en", p -> { }));
    }
}
