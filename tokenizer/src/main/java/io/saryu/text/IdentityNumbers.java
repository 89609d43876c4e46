package io.saryu.text;

import static io.saryu.text.PersonalDataKind.AADHAAR;
import static io.saryu.text.PersonalDataKind.CREDIT_CARD;
import static io.saryu.text.PersonalDataKind.IBAN;
import static io.saryu.text.PersonalDataKind.IFSC;
import static io.saryu.text.PersonalDataKind.IP_ADDRESS;
import static io.saryu.text.PersonalDataKind.PAN;
import static io.saryu.text.PersonalDataKind.SSN;

import io.saryu.text.PersonalData.Span;
import java.util.regex.Pattern;

/** Numbers and codes that begin at a given place. */
final class IdentityNumbers {
    /** Longer runs of digits and separators are tables, not numbers of a person. */
    private static final int LONGEST = 34;
    /** The fourth letter of a PAN: what kind of holder. */
    private static final String HOLDERS = "ABCFGHJLPT";
    /** Groups of four, or of four, six and four or five. */
    private static final Pattern CARD = Pattern.compile("d+|dddd([ -])dddd\\1dddd\\1d{1,7}|dddd([ -])dddddd\\2ddddd?");
    private static final Pattern ADDRESS = Pattern.compile("d{1,3}\\.d{1,3}\\.d{1,3}\\.d{1,3}");

    private IdentityNumbers() {
    }

    /** The value of a digit of ASCII or Devanagari, or -1. */
    static int digit(char c) {
        return c >= '0' && c <= '9' ? c - '0' : c >= '०' && c <= '९' ? c - '०' : -1;
    }

    /** The number or code that begins at {@code at}; null where there is none. */
    static Span at(char[] text, int from, int at, int to) {
        char c = text[at];
        return c >= 'A' && c <= 'Z' ? code(text, at, to) : number(text, from, at, to);
    }

    private static Span code(char[] text, int at, int to) {
        int end = at;
        int limit = Math.min(to, at + LONGEST + 1);
        while (end < limit && isCode(text[end])) {
            end++;
        }
        if (end < to && (Character.isLetterOrDigit(text[end]) || text[end] == '_')) {
            return null;
        }
        String word = new String(text, at, end - at);
        int length = word.length();
        if (length == 10 && matches(word, "AAAAADDDDA") && HOLDERS.indexOf(word.charAt(3)) >= 0) {
            return new Span(PAN, at, end);
        }
        if (length == 11 && matches(word.substring(0, 5), "AAAA0") && digits(word.substring(5)) > 0) {
            return new Span(IFSC, at, end);
        }
        return iban(text, at, to);
    }

    /** An IBAN without spaces or in groups of four. */
    private static Span iban(char[] text, int at, int to) {
        if (at + 15 > to || !isLetter(text[at + 1]) || !isDigit(text[at + 2]) || !isDigit(text[at + 3])) {
            return null;
        }
        StringBuilder bare = new StringBuilder(LONGEST);
        int i = at;
        int last = -1;
        while (i < to && bare.length() < LONGEST) {
            boolean gap = text[i] == ' ' && bare.length() % 4 == 0 && i + 1 < to && isCode(text[i + 1]);
            if (!isCode(text[i]) && !gap) {
                break;
            }
            if (!gap) {
                bare.append(text[i]);
            }
            i++;
            boolean whole = i == to || !Character.isLetterOrDigit(text[i]);
            if (whole && bare.length() >= 15 && Checksums.iban(bare.toString())) {
                last = i;
            }
        }
        return last < 0 ? null : new Span(IBAN, at, last);
    }

    /** Digits in groups, at most one separator between two. */
    private static Span number(char[] text, int from, int at, int to) {
        StringBuilder digits = new StringBuilder(LONGEST);
        StringBuilder shape = new StringBuilder(LONGEST);
        int i = at;
        int end = at;
        while (i < to && i < at + LONGEST) {
            int digit = digit(text[i]);
            if (digit >= 0) {
                digits.append((char) ('0' + digit));
                shape.append('d');
                end = i + 1;
            } else if (isSeparator(text, at, i, to)) {
                shape.append(text[i] == '\u00A0' ? ' ' : text[i]);
            } else {
                break;
            }
            i++;
        }
        shape.setLength(end - at);
        if (end < to && (Character.isLetter(text[end]) || digit(text[end]) >= 0 || text[end] == '@')) {
            return null;
        }
        String form = shape.toString();
        PersonalDataKind kind = kind(digits, form);
        if (kind != null) {
            return new Span(kind, at, end);
        }
        int phone = PhoneNumbers.end(text, from, at, end, digits, form);
        return phone > at ? new Span(PersonalDataKind.PHONE_NUMBER, at, phone) : null;
    }

    private static boolean isSeparator(char[] text, int at, int i, int to) {
        char c = text[i];
        if (c == '+' || c == '(') {
            // An opening sign first, or a bracket after the country code.
            return i == at || c == '(' && text[i - 1] != '(' && i + 1 < to && digit(text[i + 1]) >= 0;
        }
        if (c == ')') {
            return digit(text[i - 1]) >= 0;
        }
        boolean between = i > at && (digit(text[i - 1]) >= 0 || text[i - 1] == ')') && i + 1 < to
                && (digit(text[i + 1]) >= 0 || text[i + 1] == '(');
        return (c == ' ' || c == '-' || c == '.' || c == '\u00A0') && between;
    }

    private static PersonalDataKind kind(CharSequence digits, String form) {
        int n = digits.length();
        boolean plain = form.length() == n;
        if (n == 12 && (plain || form.equals("dddd dddd dddd") || form.equals("dddd-dddd-dddd")) && digits.charAt(0) > '1'
                && Checksums.verhoeff(digits.toString())) {
            return AADHAAR;
        }
        if (n >= 13 && n <= 19 && isIssued(digits) && CARD.matcher(form).matches() && Checksums.luhn(digits.toString())) {
            return CREDIT_CARD;
        }
        if (form.equals("ddd-dd-dddd")) {
            int area = Integer.parseInt(digits.subSequence(0, 3).toString());
            boolean given = area > 0 && area != 666 && area < 900 && !digits.subSequence(3, 5).toString().equals("00")
                    && !digits.subSequence(5, 9).toString().equals("0000");
            return given ? SSN : null;
        }
        boolean address = n <= 12 && form.length() == n + 3 && ADDRESS.matcher(form).matches() && isAddress(digits, form);
        return address ? IP_ADDRESS : null;
    }

    /** Cards begin with 3 to 6 (ISO/IEC 7812); of 16 digits Mastercard's also with 2; of 15 JCB's with 2131 or 1800. */
    private static boolean isIssued(CharSequence digits) {
        char first = digits.charAt(0);
        String four = digits.subSequence(0, 4).toString();
        return first >= '3' && first <= '6' || digits.length() == 16 && four.compareTo("2221") >= 0 && four.compareTo("2720") <= 0
                || digits.length() == 15 && (four.equals("2131") || four.equals("1800"));
    }

    private static boolean isAddress(CharSequence digits, String form) {
        int at = 0;
        for (String part : form.split("\\.")) {
            if (Integer.parseInt(digits.subSequence(at, at + part.length()).toString()) > 255
                    || part.length() > 1 && digits.charAt(at) == '0') {
                return false;
            }
            at += part.length();
        }
        return true;
    }

    private static boolean matches(String word, String form) {
        for (int i = 0; i < form.length(); i++) {
            char f = form.charAt(i);
            char c = word.charAt(i);
            if (f == 'A' ? !isLetter(c) : f == 'D' ? !isDigit(c) : c != f) {
                return false;
            }
        }
        return true;
    }

    private static long digits(String word) {
        return word.chars().filter(c -> isDigit((char) c)).count();
    }

    private static boolean isCode(char c) {
        return isLetter(c) || isDigit(c);
    }

    private static boolean isLetter(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
