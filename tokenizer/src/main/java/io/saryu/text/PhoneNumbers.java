package io.saryu.text;

import java.util.regex.Pattern;

/** Which groups of digits are a telephone number. */
final class PhoneNumbers {
    /** Words before a number that say what it is. */
    private static final WordTable WORDS = new WordTable(java.util.Map.of("""
            Ph ph PH Phone phone PHONE Tel tel TEL Telephone telephone Mob mob Mobile mobile MOBILE Cell cell Fax fax FAX
            Call call WhatsApp whatsapp Whatsapp Contact contact
            फोन फ़ोन मोबाइल मोबाईल दूरभाष टेलीफोन फैक्स व्हाट्सएप व्हाट्सऐप""", 1));

    private static final Pattern INDIAN =
            Pattern.compile("d{10,12}|d{5}[ -]d{5}|dd?[ -]?d{5}[ -]?d{5}|d{4}[ -]d{3}[ -]d{3}");
    private static final Pattern AMERICAN = Pattern.compile("(d[ .-])?(\\(ddd\\) ?|ddd[ .-])ddd[ .-]dddd");

    private PhoneNumbers() {
    }

    /**
     * Index after a telephone number that begins at {@code at}, or {@code at}.
     *
     * @param end    index after the groups
     * @param digits the digits of the groups, in ASCII
     * @param form   the groups with a d for each digit
     */
    static int end(char[] text, int from, int at, int end, CharSequence digits, String form) {
        int n = digits.length();
        if (n < 7 || n > 15 || form.indexOf('(') >= 0 && form.indexOf(')') < 0) {
            return at;
        }
        if (form.charAt(0) == '+') {
            return n >= 8 && digits.charAt(0) != '0' ? end : at;
        }
        return isIndian(digits, form) || isAmerican(digits, form) || follows(text, from, at) ? end : at;
    }

    /** A mobile number: ten digits from 6 on, alone, in halves, or after 0 or 91. */
    private static boolean isIndian(CharSequence digits, String form) {
        int first = digits.length() - 10;
        if (first < 0 || first > 2 || !INDIAN.matcher(form).matches()) {
            return false;
        }
        boolean prefix = first == 0 || first == 1 && digits.charAt(0) == '0'
                || first == 2 && digits.charAt(0) == '9' && digits.charAt(1) == '1';
        return prefix && digits.charAt(first) >= '6';
    }

    /** Area code, exchange and line in groups, the first two not from 0 or 1; perhaps after a 1. */
    private static boolean isAmerican(CharSequence digits, String form) {
        int first = digits.length() - 10;
        if (first < 0 || first > 1 || !AMERICAN.matcher(form).matches()) {
            return false;
        }
        return (first == 0 || digits.charAt(0) == '1') && digits.charAt(first) > '1' && digits.charAt(first + 3) > '1';
    }

    /** Whether the word before, signs apart, says that this is a telephone number. */
    private static boolean follows(char[] text, int from, int at) {
        int end = at;
        while (end > from && end > at - 6 && " .:-–#()\u00A0".indexOf(text[end - 1]) >= 0) {
            end--;
        }
        int word = end;
        while (word > from && end - word < 12 && (Character.isLetter(text[word - 1]) || isSign(text[word - 1]))) {
            word--;
        }
        return WORDS.get(text, word, end) != 0;
    }

    private static boolean isSign(char c) {
        return c >= 0x0900 && c <= 0x0963;
    }
}
