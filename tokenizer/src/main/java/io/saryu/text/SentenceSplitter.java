package io.saryu.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits a line into sentences by hand-written rules; English, Hindi, Awadhi and lines that mix them. Immutable.
 *
 * <ul>
 *   <li>Danda and double danda end a sentence whatever follows, and take with them repeats, verse numbers
 *       ({@code ।।12।।}) and closing quotes. A vertical bar after Devanagari counts as a danda.
 *   <li>{@code ?} and {@code !} end one before white space, but not between a quotation and a lower-case letter.
 *   <li>A full stop ends one before white space likewise, but not after a title, an initial, the number of a list item
 *       or an abbreviation (see {@link Abbreviations}); before a lower-case letter only after a plain lower-case word.
 *   <li>Dots with spaces between them are an ellipsis and end nothing.
 * </ul>
 */
public final class SentenceSplitter {
    private static final String CLOSING = "\"'”’)]}»";
    private static final String OPENING = "\"'“‘([{«";

    /** The sentences of {@code line} in order, without the white space between them; none for a blank line. */
    public List<String> split(String line) {
        List<String> sentences = new ArrayList<>();
        int start = 0;
        while (start < line.length()) {
            int end = sentenceEnd(line, start);
            String sentence = line.substring(start, end).strip();
            if (!sentence.isEmpty()) {
                sentences.add(sentence);
            }
            start = end;
        }
        return sentences;
    }

    /** Index after the sentence that starts at {@code start}. */
    private static int sentenceEnd(String line, int start) {
        int i = start;
        while (i < line.length()) {
            if (!isTerminator(line, i)) {
                i++;
                continue;
            }
            int runEnd = endOfRun(line, i);
            int end = skipClosing(line, runEnd);
            if (ends(line, start, i, runEnd, end)) {
                return end;
            }
            i = runEnd;
        }
        return line.length();
    }

    private static boolean ends(String line, int start, int run, int runEnd, int end) {
        int next = skipSpaces(line, end);
        if (next == line.length()) {
            return true;
        }
        boolean dotsApart = false;
        for (int i = run; i < runEnd; i++) {
            if (isDanda(line, i)) {
                return true;
            }
            dotsApart |= line.charAt(i) == ' ';
        }
        boolean apart = next > end || isDevanagari(line.charAt(next));
        if (!apart || !canStart(line, next, end > runEnd)) {
            return false;
        }
        char last = line.charAt(runEnd - 1);
        if (last == '?' || last == '!') {
            return true;
        }
        if (dotsApart) {
            return false;
        }
        if (runEnd - run > 1 || last != '.') {
            return !startsLowerCase(line, next);
        }
        return next > end && stopEnds(line, start, run, next);
    }

    /** Whether one full stop at {@code stop} ends the sentence that began at {@code start}. */
    private static boolean stopEnds(String line, int start, int stop, int next) {
        if (isListNumber(line, start, stop)) {
            return false;
        }
        String word = wordBefore(line, start, stop);
        boolean lower = startsLowerCase(line, next);
        return switch (Abbreviations.kind(word)) {
            case NONE -> !lower || isLowerCaseWord(word);
            case NEVER_LAST -> false;
            case BEFORE_NUMBER -> !lower && !Character.isDigit(line.charAt(next));
            case EITHER -> !lower && Abbreviations.startsSentence(wordAt(line, next));
        };
    }

    /** A number of one or two digits that stands at the start, or after a full stop, dash, star or colon. */
    private static boolean isListNumber(String line, int start, int stop) {
        int end = skipSpacesBack(line, start, stop);
        int begin = end;
        while (begin > start && Character.isDigit(line.charAt(begin - 1))) {
            begin--;
        }
        if (begin == end || end - begin > 2) {
            return false;
        }
        int before = skipSpacesBack(line, start, begin);
        if (before == start) {
            return true;
        }
        char sign = line.charAt(before - 1);
        boolean counted = sign == '.' && Abbreviations.kind(wordBefore(line, start, before - 1))
                == Abbreviations.Kind.BEFORE_NUMBER;
        return ".-–*:".indexOf(sign) >= 0 && !counted;
    }

    /** No sentence starts with a sign that joins, nor in lower case after a quotation, whose speaker then follows. */
    private static boolean canStart(String line, int next, boolean afterQuote) {
        int i = skipOpening(line, next);
        return i == line.length() || ",;:".indexOf(line.charAt(i)) < 0 && !(afterQuote && startsLowerCase(line, next));
    }

    private static boolean startsLowerCase(String line, int next) {
        int i = skipOpening(line, next);
        return i < line.length() && Character.isLowerCase(line.charAt(i));
    }

    /** At least three lower-case letters: in careless writing, the end of a sentence even before a lower-case word. */
    private static boolean isLowerCaseWord(String word) {
        return word.length() >= 3 && word.chars().allMatch(Character::isLowerCase);
    }

    private static boolean isTerminator(String line, int i) {
        char c = line.charAt(i);
        return c == '.' || c == '?' || c == '!' || c == '…' || isDanda(line, i);
    }

    private static boolean isDanda(String line, int i) {
        char c = line.charAt(i);
        return c == '।' || c == '॥' || c == '|' && followsDevanagari(line, i);
    }

    private static boolean followsDevanagari(String line, int i) {
        int before = i - 1;
        // A few characters are enough for "है ||", and a line of bars alone stays cheap.
        while (before >= 0 && before > i - 4 && (line.charAt(before) == ' ' || line.charAt(before) == '|')) {
            before--;
        }
        return before >= 0 && isDevanagari(line.charAt(before));
    }

    /** After the terminators at {@code i}, spaces between them; dandas go on over verse numbers to the last danda. */
    private static int endOfRun(String line, int i) {
        int end = i;
        int next = i;
        boolean danda = false;
        while (next < line.length() && isTerminator(line, next)) {
            danda |= isDanda(line, next);
            end = next + 1;
            next = skipSpaces(line, end);
        }
        while (danda) {
            int more = skipSpaces(line, end);
            int afterNumber = more;
            while (afterNumber < line.length() && Character.isDigit(line.charAt(afterNumber))) {
                afterNumber++;
            }
            more = skipSpaces(line, afterNumber);
            if (more == line.length() || !isDanda(line, more)) {
                break;
            }
            end = more + 1;
        }
        return end;
    }

    private static int skipClosing(String line, int from) {
        int end = from;
        while (end < line.length() && CLOSING.indexOf(line.charAt(end)) >= 0) {
            end++;
        }
        return end;
    }

    private static int skipSpaces(String line, int from) {
        int i = from;
        while (i < line.length() && Character.isWhitespace(line.charAt(i))) {
            i++;
        }
        return i;
    }

    private static String wordBefore(String line, int start, int stop) {
        int wordStart = stop;
        while (wordStart > start && isWordPart(line.charAt(wordStart - 1))) {
            wordStart--;
        }
        return line.substring(wordStart, stop);
    }

    private static int skipSpacesBack(String line, int start, int from) {
        int i = from;
        while (i > start && Character.isWhitespace(line.charAt(i - 1))) {
            i--;
        }
        return i;
    }

    private static int skipOpening(String line, int from) {
        int i = from;
        while (i < line.length() && OPENING.indexOf(line.charAt(i)) >= 0) {
            i++;
        }
        return i;
    }

    private static String wordAt(String line, int from) {
        int start = skipOpening(line, from);
        int end = start;
        while (end < line.length() && Character.isLetter(line.charAt(end))) {
            end++;
        }
        return line.substring(start, end);
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '&' || isDevanagari(c);
    }

    private static boolean isDevanagari(char c) {
        return c >= 0x0900 && c <= 0x097F && c != '।' && c != '॥';
    }
}
