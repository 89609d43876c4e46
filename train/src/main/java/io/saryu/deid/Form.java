package io.saryu.deid;

import java.util.Locale;

/** Other characters in the form of a text: digits for digits of the same script, letters for letters of the same script and case. */
final class Form {
    private static final String CONSONANTS = "कखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह";
    private static final String VOWELS = "अआइईउऊएऐओऔ";
    private static final int TRIES = 40;

    private Form() {
    }

    /** Fills the form; a first digit that is not 0 does not become one. */
    static String fill(String text, KeyedDraw draw) {
        StringBuilder out = new StringBuilder(text.length());
        boolean first = true;
        for (int i = 0; i < text.length();) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            int digit = Character.digit(c, 10);
            if (digit >= 0) {
                out.appendCodePoint(c - digit + (first ? digit == 0 ? 0 : draw.between(1, 9) : draw.below(10)));
                first = false;
            } else {
                out.appendCodePoint(Character.isLetter(c) ? letter(c, draw) : c);
            }
        }
        return out.toString();
    }

    private static int letter(int c, KeyedDraw draw) {
        if (c >= 'A' && c <= 'Z') {
            return 'A' + draw.below(26);
        }
        if (c >= 'a' && c <= 'z') {
            return 'a' + draw.below(26);
        }
        if (CONSONANTS.indexOf(c) >= 0) {
            return draw.letter(CONSONANTS);
        }
        if (VOWELS.indexOf(c) >= 0) {
            return draw.letter(VOWELS);
        }
        for (int i = 0; i < TRIES; i++) {
            int other = (c & ~0x7F) + draw.below(0x80);
            if (Character.getType(other) == Character.getType(c) && Character.UnicodeScript.of(other) == Character.UnicodeScript.of(c)) {
                return other;
            }
        }
        return c;
    }

    /** The decimal digits of a text, as ASCII. */
    static String digits(String text) {
        StringBuilder out = new StringBuilder();
        text.codePoints().map(c -> Character.digit(c, 10)).filter(d -> d >= 0).forEach(out::append);
        return out.toString();
    }

    /** Other digits in the places of a text's digits, in their scripts. */
    static String withDigits(String text, String digits) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        for (int c : text.codePoints().toArray()) {
            int digit = Character.digit(c, 10);
            out.appendCodePoint(digit < 0 ? c : c - digit + digits.charAt(at++) - '0');
        }
        return out.toString();
    }

    /** Other ASCII letters and digits in the places of those of a text, in the case of its letters. */
    static String withLettersAndDigits(String text, String others) {
        StringBuilder out = new StringBuilder(text.length());
        int at = 0;
        for (char c : text.toCharArray()) {
            boolean place = c < 0x80 && Character.isLetterOrDigit(c);
            char other = place ? others.charAt(at++) : c;
            out.append(Character.isLowerCase(c) ? Character.toLowerCase(other) : other);
        }
        return out.toString();
    }

    /** The ASCII letters and digits of a text, capitals. */
    static String lettersAndDigits(String text) {
        return text.replaceAll("[^A-Za-z0-9]", "").toUpperCase(Locale.ROOT);
    }

    /** A word in capitals, small letters or as it is, as another one is written. */
    static String cased(String word, String like) {
        if (like.codePointCount(0, like.length()) > 1 && like.equals(like.toUpperCase(Locale.ROOT)) && !like.equals(like.toLowerCase(Locale.ROOT))) {
            return word.toUpperCase(Locale.ROOT);
        }
        return like.equals(like.toLowerCase(Locale.ROOT)) ? word.toLowerCase(Locale.ROOT) : word;
    }
}
