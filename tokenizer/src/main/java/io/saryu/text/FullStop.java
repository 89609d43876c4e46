package io.saryu.text;

import static io.saryu.text.SentenceSigns.isDevanagari;
import static io.saryu.text.SentenceSigns.isSpace;
import static io.saryu.text.SentenceSigns.skipSpacesBack;

/** Whether one full stop, which white space follows, ends a sentence. */
final class FullStop {
    /** Longer words are no abbreviations, and are not looked at to their beginning. */
    private static final int LONGEST_WORD = 40;

    private FullStop() {
    }

    /**
     * Decides about the full stop at {@code stop}.
     *
     * @param start index of the sentence
     * @param word  index of what follows white space and opening signs
     * @param lower whether that word begins with a lower-case letter
     */
    static boolean ends(char[] text, int start, int stop, int word, int to, boolean lower) {
        int before = wordBefore(text, start, stop);
        if (isListMark(text, start, stop, before)) {
            return false;
        }
        return switch (Abbreviations.kind(text, before, stop)) {
            case Abbreviations.NONE -> !lower || isLowerCaseWord(text, before, stop);
            case Abbreviations.NEVER_LAST -> false;
            case Abbreviations.BEFORE_NUMBER -> !lower && !(word < to && Character.isDigit(text[word]));
            case Abbreviations.BESIDE_INITIAL -> !lower && !isBesideInitial(text, start, before, word, to);
            default -> !lower && Abbreviations.startsSentence(text, word, wordEnd(text, word, to));
        };
    }

    /** Index where the word that ends before {@code stop} begins; full stops within it belong to it. */
    static int wordBefore(char[] text, int start, int stop) {
        int limit = Math.max(start, stop - LONGEST_WORD);
        int word = stop;
        while (word > limit && isWordPart(text[word - 1])) {
            word--;
        }
        return word;
    }

    /** Index after the letters that begin at {@code word}. */
    static int wordEnd(char[] text, int word, int to) {
        int limit = Math.min(to, word + LONGEST_WORD);
        int end = word;
        while (end < limit && Character.isLetter(text[end])) {
            end++;
        }
        return end;
    }

    /**
     * A number of one or two digits that stands at the start, or after a full stop, dash, star or colon; a letter or a small
     * Roman numeral at the start.
     */
    private static boolean isListMark(char[] text, int start, int stop, int word) {
        int end = skipSpacesBack(text, start, stop);
        int begin = end;
        while (begin > start && begin > end - 3 && Character.isDigit(text[begin - 1])) {
            begin--;
        }
        if (begin == end) {
            return word == start && (stop - word == 1 && Character.isLetter(text[word]) || isRoman(text, word, stop));
        }
        if (end - begin > 2) {
            return false;
        }
        if (begin == start) {
            return true;
        }
        if (!isSpace(text[begin - 1])) {
            return "([*-–#".indexOf(text[begin - 1]) >= 0 && (begin - 1 == start || isSpace(text[begin - 2]));
        }
        int before = skipSpacesBack(text, start, begin);
        char sign = before == start ? ' ' : text[before - 1];
        boolean counted = sign == '.' && Abbreviations.kind(text, wordBefore(text, start, before - 1), before - 1)
                == Abbreviations.BEFORE_NUMBER;
        return ".-–*:".indexOf(sign) >= 0 && !counted;
    }

    private static boolean isRoman(char[] text, int from, int to) {
        for (int i = from; i < to; i++) {
            if (text[i] != 'i' && text[i] != 'v' && text[i] != 'x') {
                return false;
            }
        }
        return to > from && to - from <= 4;
    }

    /** At least three lower-case letters: in careless writing, the end of a sentence even before a lower-case word. */
    private static boolean isLowerCaseWord(char[] text, int from, int to) {
        if (to - from < 3) {
            return Abbreviations.isShortWord(text, from, to);
        }
        for (int i = from; i < to; i++) {
            if (!Character.isLowerCase(text[i])) {
                return false;
            }
        }
        return true;
    }

    /** Whether another part with a full stop stands before or after, as in {@code के. एल. सहगल}; or this is the first word. */
    private static boolean isBesideInitial(char[] text, int start, int before, int word, int to) {
        int previous = skipSpacesBack(text, start, before);
        if (previous == start || text[previous - 1] == '.') {
            return true;
        }
        int i = word;
        while (i < to && i < word + 5 && isDevanagari(text[i])) {
            i++;
        }
        return i > word && i < to && text[i] == '.';
    }

    private static boolean isWordPart(char c) {
        return Character.isLetterOrDigit(c) || c == '.' || c == '&' || isDevanagari(c);
    }
}
