package io.saryu.simplify;

import io.saryu.text.SentenceSplitter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes pairs of plain Hindi or Awadhi text by rules: neighbours joined by a conjunction against the separate sentences, a
 * sentence of two clauses against one of each, quotations against reported speech, asides against the sentence without them.
 * Rules know no meaning; what they make is synthetic and says so.
 */
final class SplitAndJoin {
    /** The rules. */
    enum Rule {
        JOINED, CLAUSES, QUOTATION, ASIDE
    }

    private static final int SHORTEST = 3;
    private static final int LONGEST = 16;
    private static final int SHORTEST_CLAUSE = 4;
    private static final int LONGEST_SENTENCE = 40;
    private static final String END = "।";
    /** A space may stand before the danda; some texts have a full stop in its place. */
    private static final Pattern ENDED = Pattern.compile("^(.*?)\\s*[।|.]$");
    private static final Pattern PLAIN = Pattern.compile("[\\p{IsDevanagari}\\p{Nd}\\s,‌‍-]+");
    private static final String QUOTES = "\"“”‘’'";
    private static final Pattern SAID_FIRST = Pattern.compile("^([^" + QUOTES + "]+?)\\s*[,:\\-–—]*\\s*[\"“‘']([^" + QUOTES
            + "]+)[\"”’']\\s*[।|]?$");
    private static final Pattern SAID_LAST = Pattern.compile("^[\"“‘']([^" + QUOTES + "]+)[\"”’']\\s*[,\\-–—]*\\s*([^" + QUOTES
            + "]+?)\\s*[।|]$");
    private static final Pattern ASIDE = Pattern.compile("^([^()–—]*\\S)\\s*(?:\\(([^()]+)\\)|\\s[–—]\\s([^–—()]+)\\s[–—])\\s*([^()–—]*[।|])$");

    private final String language;
    private final SplitRules rules;
    private final SentenceSplitter splitter = new SentenceSplitter();
    private final Consumer<Pair> to;

    /**
     * @param language hi or awa
     * @throws IllegalArgumentException for another
     */
    SplitAndJoin(String language, Consumer<Pair> to) {
        this.language = language;
        this.rules = SplitRules.of(language);
        if (rules == null) {
            throw new IllegalArgumentException("there are rules to make pairs of raw text for hi and awa, not for '" + language
                    + "'; give pairs of this language instead");
        }
        this.to = to;
    }

    /** Makes the pairs of one line of text. */
    void line(String line) {
        List<String> run = new ArrayList<>();
        for (String sentence : splitter.split(line)) {
            String body = body(sentence);
            if (clauses(sentence, body, line) || quotation(sentence, line) || aside(sentence, line) || !joins(body)) {
                run.clear();
                continue;
            }
            run.add(body);
            // No sentence is in two pairs.
            if (run.size() == 3 || run.size() == 2 && Math.floorMod(run.hashCode(), 3) > 0) {
                joined(run, line);
                run.clear();
            }
        }
    }

    /** The sentence without its danda; null without one. */
    private static String body(String sentence) {
        Matcher matcher = ENDED.matcher(sentence);
        return matcher.matches() ? matcher.group(1) : null;
    }

    private static int words(String text) {
        return text.strip().split("\\s+").length;
    }

    private boolean joins(String body) {
        if (body == null || !PLAIN.matcher(body).matches() || words(body) < SHORTEST || words(body) > LONGEST) {
            return false;
        }
        String[] words = body.split("\\s+");
        return rules.finite().contains(words[words.length - 1]) && !rules.splitting().containsKey(words[0])
                && !words[0].equals(rules.that());
    }

    private void joined(List<String> bodies, String line) {
        String conjunction = rules.joining().get(Math.floorMod(bodies.hashCode(), rules.joining().size()));
        String first = String.join(", ", bodies.subList(0, bodies.size() - 1));
        emit(Rule.JOINED, first + " " + conjunction + " " + bodies.getLast() + END, String.join(END + " ", bodies) + END, line);
    }

    private boolean clauses(String sentence, String body, String line) {
        if (body == null || !PLAIN.matcher(body).matches() || words(body) > LONGEST_SENTENCE) {
            return false;
        }
        String[] words = body.strip().split("\\s+");
        if (!rules.finite().contains(words[words.length - 1])) {
            return false;
        }
        List<String> sentences = new ArrayList<>();
        int from = 0;
        String start = "";
        for (int i = 1; i < words.length - SHORTEST_CLAUSE; i++) {
            String before = words[i - 1].replaceAll(",$", "");
            if (i - from >= SHORTEST_CLAUSE && rules.splitting().containsKey(words[i]) && rules.finite().contains(before)) {
                sentences.add(sentence(start, words, from, i));
                start = rules.splitting().get(words[i]);
                from = i + 1;
            }
        }
        if (from == 0) {
            return false;
        }
        sentences.add(sentence(start, words, from, words.length));
        emit(Rule.CLAUSES, body + END, String.join(" ", sentences), line);
        return true;
    }

    private static String sentence(String start, String[] words, int from, int to) {
        return start + String.join(" ", Arrays.copyOfRange(words, from, to)).replaceAll(",$", "") + END;
    }

    private boolean quotation(String sentence, String line) {
        Matcher first = SAID_FIRST.matcher(sentence);
        Matcher last = SAID_LAST.matcher(sentence);
        String said = first.matches() ? first.group(2) : last.matches() ? last.group(1) : null;
        String who = first.matches() ? first.group(1) : last.matches() ? last.group(2) : null;
        if (said == null || words(said) > LONGEST || words(who) > LONGEST) {
            return false;
        }
        String speaker = who.strip().replaceAll("\\s+" + rules.that() + "$", "");
        if (!rules.speech().contains(speaker.replaceFirst("^.*\\s", "")) || words(speaker) < 2) {
            return false;
        }
        String words = said.strip();
        boolean question = words.endsWith("?");
        String plain = words.replaceAll("\\s*[।|?!.,\\-]+$", "");
        if (plain.isEmpty() || plain.matches(".*[।?!].*")) {
            return false;
        }
        emit(Rule.QUOTATION, sentence, speaker + " " + rules.that() + " " + plain + (question ? "?" : END), line);
        return true;
    }

    private boolean aside(String sentence, String line) {
        Matcher matcher = ASIDE.matcher(sentence);
        if (!matcher.matches() || words(sentence) > LONGEST_SENTENCE) {
            return false;
        }
        String aside = matcher.group(2) == null ? matcher.group(3) : matcher.group(2);
        String rest = (matcher.group(1).strip() + " " + matcher.group(4).strip()).replaceAll("\\s+([।|,])", "$1");
        // After a word or two it tells things of one name apart, or says the name again.
        if (words(matcher.group(1)) < SHORTEST || words(rest) < SHORTEST_CLAUSE || !aside.matches(".*\\p{L}.*") || !rest.matches(".*\\p{IsDevanagari}.*")) {
            return false;
        }
        emit(Rule.ASIDE, sentence, rest.replaceAll("\\|$", END), line);
        return true;
    }

    private void emit(Rule rule, String source, String target, String line) {
        to.accept(new Pair(source.strip(), target.strip(), language, rule.name().toLowerCase(Locale.ROOT), true, line));
    }
}
