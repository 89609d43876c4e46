package io.saryu.deid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.tokenizer.TaskTags;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.train.TinyRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CopyOrTagTest {
    private static final int TEXTS = 10_000;
    private static Tokenizer tokenizer;
    private static TagAlphabet tags;

    @BeforeAll
    static void open() throws Exception {
        tokenizer = Tokenizer.load(TinyRun.get().tokenizer());
        tags = new TagAlphabet(tokenizer);
    }

    @AfterAll
    static void close() {
        tokenizer.close();
    }

    private static List<Integer> run(CopyOrTag guide, LogitSource logits) {
        List<Integer> said = new ArrayList<>();
        float[] row = new float[tokenizer.vocabSize()];
        while (true) {
            logits.fill(said, row);
            int[] ids = guide.next(row);
            if (ids.length == 0) {
                return said;
            }
            for (int id : ids) {
                assertTrue(id >= 0 && id < row.length, "id " + id);
                said.add(id);
            }
            assertTrue(said.size() <= guide.mostTokens(), said.size() + " tokens, " + guide.mostTokens() + " allowed");
        }
    }

    @FunctionalInterface
    private interface LogitSource {
        void fill(List<Integer> said, float[] logits);
    }

    /** What the answer should be, token by token, as training encodes it. */
    private static LogitSource saying(String answer) {
        int[] ids = Arrays.copyOf(tokenizer.encode(answer), tokenizer.encode(answer).length + 1);
        ids[ids.length - 1] = tokenizer.eosId();
        return (said, logits) -> {
            Arrays.fill(logits, 0);
            if (said.size() < ids.length) {
                logits[ids[said.size()]] = 20;
            }
        };
    }

    private static Redaction answer(String text, String answer) {
        CopyOrTag guide = new CopyOrTag(text, tags, tokenizer.eosId(), 0.5);
        run(guide, saying(answer));
        return new Replacer(ReplacementStyle.TAG).redact(text, guide.spans());
    }

    @Test
    void whateverTheLogitsTheInputComesBack() {
        Random random = new Random(1);
        int replaced = 0;
        for (int i = 0; i < TEXTS; i++) {
            String text = HostileText.next(random, 12);
            double scale = random.nextInt(4) == 0 ? 1e30 : random.nextInt(20);
            int nan = random.nextInt(50) == 0 ? random.nextInt(tokenizer.vocabSize()) : -1;
            CopyOrTag guide = new CopyOrTag(text, tags, tokenizer.eosId(), 0.01 + 0.98 * random.nextDouble());
            run(guide, (said, logits) -> {
                for (int k = 0; k < logits.length; k++) {
                    logits[k] = (float) (random.nextGaussian() * scale);
                }
                if (nan >= 0) {
                    logits[nan] = Float.NaN;
                }
            });
            Redaction redaction = new Replacer(random.nextBoolean() ? ReplacementStyle.TAG : ReplacementStyle.NUMBERED)
                    .redact(text, guide.spans());
            List<String> originals = redaction.replacements().stream()
                    .map(r -> text.substring(r.span().start(), r.span().end())).toList();
            assertEquals(text, Redaction.undo(redaction.text(), redaction.places(), originals));
            for (Redaction.Replacement r : redaction.replacements()) {
                assertTrue(TaskTags.all().contains(r.span().tag()));
                assertTrue(r.span().confidence() >= 0 && r.span().confidence() <= 1, r.toString());
                assertTrue(!Character.isWhitespace(text.charAt(r.span().start())), "a stretch begins with white space");
            }
            replaced += redaction.replacements().size();
        }
        assertTrue(replaced > TEXTS, "only " + replaced + " stretches were replaced: the test looks at nothing");
    }

    @Test
    void followsAModelThatKnowsTheAnswer() {
        for (String[] pair : List.of(
                new String[] {"My name is John Smith.", "My name is [NAME]."},
                new String[] {"John Smith called.", "[NAME] called."},
                new String[] {"Call 555-1234", "Call [PHONE_NUMBER]"},
                new String[] {"मेरा नाम राम कुमार है और फोन 9876543210 है।", "मेरा नाम [NAME] है और फोन [PHONE_NUMBER] है।"},
                new String[] {"नाम: राम, ईमेल: ram@example.com, जन्म १२/०३/१९९०", "नाम: [NAME], ईमेल: [EMAIL], जन्म [DATE]"},
                new String[] {"I saw [NAME] and Mary in 12 shops.", "I saw [NAME] and [NAME] in 12 shops."},
                new String[] {"Nothing here, 42 times.", "Nothing here, 42 times."},
                new String[] {"Ask Sita 9876543210 now", "Ask [NAME] [PHONE_NUMBER] now"})) {
            assertEquals(pair[1], answer(pair[0], pair[1]).text());
        }
    }

    @Test
    void whatTheModelWouldInventIsNotSaid() {
        String text = "De-identify: My name is John Smith.";
        for (String invented : List.of("[ MY FILE NAME ] has been recorded", "[NAME] [NAME] [NAME] [NAME] [NAME]", "",
                "_ ID [ _ ID ] was _ ID [", "My name is Mary Jones and my phone is 555-9999.")) {
            Redaction redaction = answer(text, invented);
            List<String> originals = redaction.replacements().stream()
                    .map(r -> text.substring(r.span().start(), r.span().end())).toList();
            assertEquals(text, Redaction.undo(redaction.text(), redaction.places(), originals));
        }
    }

    @Test
    void theLessProbableTagIsFoundWithALowerThreshold() {
        String text = "John came.";
        LogitSource unsure = (said, logits) -> {
            Arrays.fill(logits, -20);
            logits[tokenizer.encode("John")[0]] = 1;
            logits[tags.id(0)] = 0;
            logits[tags.encodeWithin(" came")[0]] = 3;
            logits[tags.encodeWithin(".")[0]] = 3;
        };
        CopyOrTag careful = new CopyOrTag(text, tags, tokenizer.eosId(), 0.2);
        run(careful, unsure);
        assertEquals(1, careful.spans().size());
        // " came" and "." may both follow, equally likely.
        assertEquals(0.5 / (1 + Math.E), careful.spans().getFirst().confidence(), 1e-6);
        CopyOrTag plain = new CopyOrTag(text, tags, tokenizer.eosId(), 0.5);
        run(plain, unsure);
        assertEquals(List.of(), plain.spans());
    }
}
