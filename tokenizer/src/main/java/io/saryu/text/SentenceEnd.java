package io.saryu.text;

import static io.saryu.text.SentenceSigns.isDanda;
import static io.saryu.text.SentenceSigns.isDevanagari;
import static io.saryu.text.SentenceSigns.isSpace;
import static io.saryu.text.SentenceSigns.skipOpening;
import static io.saryu.text.SentenceSigns.skipSpaces;

/** Whether a run of terminators ends a sentence. */
final class SentenceEnd {
    private static final int VERSE_NUMBER = 24;
    private static final int SPEECH_WORDS = 6;

    private SentenceEnd() {
    }

    /**
     * Decides about one run of terminators.
     *
     * @param start  index of the sentence
     * @param run    index of the first terminator
     * @param runEnd index after the last
     * @param closed index after closing signs that follow
     * @param end    index after an emoticon that follows, or {@code closed}
     */
    static boolean ends(char[] text, int start, int run, int runEnd, int closed, int end, int to) {
        int next = skipSpaces(text, end, to);
        if (next == to) {
            return true;
        }
        if (SentenceSigns.skipMarks(text, next, to) > next) {
            return false;
        }
        boolean danda = false;
        boolean loud = false;
        boolean dotsApart = false;
        for (int i = run; i < runEnd; i++) {
            danda |= isDanda(text, start, i);
            loud |= text[i] == '?' || text[i] == '!';
            dotsApart |= isSpace(text[i]);
        }
        boolean quoted = closed > runEnd;
        if (quoted && saysWho(text, next, to)) {
            return false;
        }
        if (danda) {
            return true;
        }
        boolean devanagari = isDevanagari(text[next]);
        if (next == end && !(devanagari && loud)) {
            return run == runEnd - 1 || !devanagari ? Glued.ends(text, start, run, runEnd, next, to) : false;
        }
        int word = skipOpening(text, next, to);
        if (word < to && ",;:".indexOf(text[word]) >= 0) {
            return false;
        }
        boolean lower = startsLowerCase(text, word, to);
        if (end > closed) {
            return true;
        }
        char last = text[runEnd - 1];
        if (last == '?' || last == '!') {
            return !(quoted && lower);
        }
        if (dotsApart) {
            return false;
        }
        if (runEnd - run > 1 || last != '.') {
            return !lower && (!devanagari || loud);
        }
        if (quoted && lower) {
            return isBracket(text[closed - 1]) && FullStop.ends(text, start, run, word, to, true);
        }
        return FullStop.ends(text, start, run, word, to, lower);
    }

    /** After the terminators at {@code i}, spaces between them; dandas go on over verse numbers to the last danda. */
    static int endOfRun(char[] text, int start, int i, int to) {
        int end = i;
        int next = i;
        boolean danda = false;
        while (next < to && SentenceSigns.isTerminator(text, start, next)) {
            danda |= isDanda(text, start, next);
            end = next + 1;
            next = skipSpaces(text, end, to);
        }
        while (danda) {
            int more = afterVerseNumber(text, end, to);
            if (more == to || !isDanda(text, start, more) && text[more] != '|') {
                break;
            }
            end = more + 1;
        }
        return end;
    }

    /** After spaces, digits and what stands beside them in a verse number: 12, 12-13, 7(ख). */
    private static int afterVerseNumber(char[] text, int from, int to) {
        int limit = Math.min(to, from + VERSE_NUMBER);
        boolean digits = false;
        int i = from;
        while (i < limit) {
            char c = text[i];
            digits |= Character.isDigit(c);
            boolean letter = isDevanagari(c) && text[i - 1] == '(' && i + 1 < limit && text[i + 1] == ')';
            if (!Character.isDigit(c) && !isSpace(c) && !(digits && (letter || "-–,/.()".indexOf(c) >= 0))) {
                break;
            }
            i++;
        }
        return i;
    }

    /** Whether a lower-case letter is at {@code word}, which is not that of an address on the web. */
    private static boolean startsLowerCase(char[] text, int word, int to) {
        return word < to && Character.isLowerCase(text[word])
                && !(text[word] == 'h' && word + 4 < to && text[word + 1] == 't' && text[word + 2] == 't'
                && text[word + 3] == 'p');
    }

    /**
     * Whether a quotation is followed by who says it, in Hindi or Awadhi: a few words, one of them a verb of speech. A comma
     * soon after this begins the next quotation.
     */
    private static boolean saysWho(char[] text, int next, int to) {
        int i = next;
        int words = 0;
        boolean speech = false;
        while (words < SPEECH_WORDS && i < to && isDevanagari(text[i])) {
            int word = i;
            while (i < to && isDevanagari(text[i])) {
                i++;
            }
            if (!speech && Abbreviations.isSpeech(text, word, i)) {
                speech = true;
                words = SPEECH_WORDS - 2;
            }
            words++;
            i = skipSpaces(text, i, to);
        }
        return speech && (i == to || text[i] != ',' && text[i] != ':');
    }

    private static boolean isBracket(char c) {
        return c == ')' || c == ']';
    }
}
