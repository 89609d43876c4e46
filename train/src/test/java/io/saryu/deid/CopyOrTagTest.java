package io.saryu.deid;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.saryu.instruct.PromptTemplate;
import io.saryu.tokenizer.TaskTags;
import io.saryu.tokenizer.Tokenizer;
import io.saryu.train.TinyRun;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class CopyOrTagTest {
    private static final int TEXTS = 10_000;
    private static Tokenizer tokenizer;
    private static MarkingTask task;
    private static TagAlphabet tags;

    @BeforeAll
    static void open() throws Exception {
        tokenizer = Tokenizer.load(TinyRun.get().tokenizer());
        task = new MarkingTask(PromptTemplate.ALPACA, "Mark.", tokenizer);
        tags = task.tags();
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

    private static CopyOrTag guide(String text, double threshold) {
        List<Atom> atoms = Atom.of(text);
        return new CopyOrTag(atoms, task.copies(text, atoms), tags, threshold);
    }

    /** Says these tokens, whatever the guide makes of it. */
    private static LogitSource saying(int[] ids) {
        return (said, logits) -> {
            Arrays.fill(logits, 0);
            if (said.size() < ids.length) {
                logits[ids[said.size()]] = 20;
            }
        };
    }

    private static Redaction answer(String text, LogitSource model) {
        CopyOrTag guide = guide(text, 0.5);
        run(guide, model);
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
            CopyOrTag guide = guide(text, 0.01 + 0.98 * random.nextDouble());
            run(guide, (said, logits) -> {
                for (int k = 0; k < logits.length; k++) {
                    logits[k] = (float) (random.nextGaussian() * scale);
                }
                // A tag is one of some thousand pieces: without help, chance would hardly ever take one.
                logits[tags.id(random.nextInt(tags.count()))] += (float) (2 * scale);
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
        assertTrue(replaced > TEXTS / 2, "only " + replaced + " stretches were replaced: the test looks at nothing");
    }

    /** A text whose personal data is written as {@code <NAME:John>}. */
    private static MarkedText text(String pattern) {
        StringBuilder text = new StringBuilder();
        List<MarkedText.Mark> marks = new ArrayList<>();
        Matcher matcher = Pattern.compile("<([A-Z_]+):([^>]*)>").matcher(pattern);
        while (matcher.find()) {
            matcher.appendReplacement(text, "");
            marks.add(new MarkedText.Mark(text.length(), text.length() + matcher.group(2).length(), "[" + matcher.group(1) + "]"));
            text.append(matcher.group(2));
        }
        return new MarkedText(matcher.appendTail(text).toString(), marks);
    }

    @Test
    void aModelThatKnowsTheAnswerIsFollowedToTheLastToken() {
        for (String pattern : List.of("My name is <NAME:John Smith>.", "<NAME:John Smith> called.", "Call <PHONE_NUMBER:555-1234>",
                "मेरा नाम <NAME:राम कुमार> है और फोन <PHONE_NUMBER:9876543210> है।",
                "नाम: <NAME:राम>, ईमेल: <EMAIL:ram@example.com>, जन्म <DATE:१२/०३/१९९०>",
                "I saw [NAME] and <NAME:Mary> in 12 shops.", "Nothing here, 42 times.", "Ask <NAME:Sita> <PHONE_NUMBER:9876543210> now",
                // Where an output with tags in the place of these stretches would not say where the first ends.
                "It went to <ADDRESS:Flat 418, Brigade Road>, <LOCATION:Boston>.", "Major <NAME:Ama Thompson> <NAME:Sita Ram>",
                "पासपोर्ट <PASSPORT:W4397938> <NAME:शान्ति बोस> को <LOCATION:वडोदरा> में <DATE:11/11/2024> को जारी हुआ।  ")) {
            MarkedText marked = text(pattern);
            PromptTemplate.Encoded encoded = task.encode(marked).orElseThrow();
            int[] answer = Arrays.copyOfRange(encoded.ids(), encoded.promptLength(), encoded.ids().length);
            CopyOrTag guide = guide(marked.text(), 0.5);
            List<Integer> said = run(guide, saying(answer));
            assertEquals(said, Arrays.stream(answer).limit(said.size()).boxed().toList());
            assertEquals(marked.spans(), guide.spans().stream()
                    .map(s -> new MarkedText.Mark(s.start(), s.end(), s.tag())).toList(), pattern);
        }
    }

    @Test
    void aSpanThatBeginsWithinAWordCannotBeLearnt() {
        assertTrue(task.encode(text("Mc<NAME:Donald> came.")).isEmpty());
        assertTrue(task.encode(text("<NAME:John> came.")).isPresent());
    }

    @Test
    void theMarkedTextHasTagsBeforeAndAfter() {
        assertEquals("[NAME]John[NAME] has [PHONE_NUMBER]555[PHONE_NUMBER].",
                MarkingTask.marked(text("<NAME:John> has <PHONE_NUMBER:555>.")));
    }

    @Test
    void whatTheModelWouldInventIsNotSaid() {
        String text = "De-identify: My name is John Smith.";
        for (String invented : List.of("[ MY FILE NAME ] has been recorded", "[NAME] [NAME] [NAME] [NAME] [NAME]", "",
                "_ ID [ _ ID ] was _ ID [", "My name is Mary Jones and my phone is 555-9999.")) {
            Redaction redaction = answer(text, saying(tokenizer.encode(invented)));
            List<String> originals = redaction.replacements().stream()
                    .map(r -> text.substring(r.span().start(), r.span().end())).toList();
            assertEquals(text, Redaction.undo(redaction.text(), redaction.places(), originals));
        }
    }

    @Test
    void theLessProbableTagIsFoundWithALowerThreshold() {
        String text = "John came.";
        LogitSource unsure = (said, logits) -> {
            Arrays.fill(logits, -100);
            logits[tags.encodeWithin("John")[0]] = 1;
            logits[tags.encodeWithin(" came")[0]] = 3;
            logits[tags.encodeWithin(".")[0]] = 3;
            // Likely where John is marked, and then not again.
            boolean open = said.stream().filter(id -> id == tags.id(0)).count() == 1;
            logits[tags.id(0)] = said.isEmpty() ? 0 : open ? 4 : -100;
        };
        CopyOrTag careful = guide(text, 0.01);
        run(careful, unsure);
        assertEquals(1, careful.spans().size());
        double open = 1 / (1 + Math.E + 2 * Math.exp(3));
        double close = Math.exp(4) / (Math.exp(4) + Math.E + 2 * Math.exp(3));
        assertEquals(open * close, careful.spans().getFirst().confidence(), 1e-6);
        assertEquals("John", text.substring(careful.spans().getFirst().start(), careful.spans().getFirst().end()));
        CopyOrTag plain = guide(text, 0.5);
        run(plain, unsure);
        assertEquals(List.of(), plain.spans());
    }
}
