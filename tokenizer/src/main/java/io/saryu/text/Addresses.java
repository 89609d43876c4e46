package io.saryu.text;

/** Addresses around an @. */
final class Addresses {
    /** Handles of the Unified Payments Interface, by its members' own lists. */
    private static final WordTable HANDLES = new WordTable(java.util.Map.of("""
            upi paytm ptyes ptaxis pthdfc ptsbi ybl ibl axl apl yapl rapl okaxis okhdfcbank okicici oksbi sbi icici hdfcbank
            axisbank kotak barodampay pnb unionbank cnrb idfcbank indus federal aubank yesbank yespay jupiteraxis fbl
            waaxis wahdfcbank waicici wasbi mahb uco dbs hsbc rbl citi axisb idbi kbl kvb freecharge ikwik airtel jio postbank
            """, 1));
    /** Longest local part by RFC 5321; longest label and name by RFC 1035. */
    private static final int LONGEST_LOCAL = 64;
    private static final int LONGEST_NAME = 253;

    private Addresses() {
    }

    /** The address around the @ at {@code at}, not before {@code from}; null where there is none. */
    static PersonalData.Span at(char[] text, int from, int at, int to) {
        int start = at;
        while (start > from && start > at - LONGEST_LOCAL && isLocal(text[start - 1])) {
            start--;
        }
        while (start < at && !Character.isLetterOrDigit(text[start])) {
            start++;
        }
        if (start == at || text[at - 1] == '.') {
            return null;
        }
        int end = at + 1;
        int dot = -1;
        while (end < to && end < at + LONGEST_NAME && isName(text, at, end, to)) {
            dot = text[end] == '.' ? end : dot;
            end++;
        }
        if (dot < 0) {
            return HANDLES.get(text, at + 1, end) != 0 ? new PersonalData.Span(PersonalDataKind.UPI_ID, start, end) : null;
        }
        for (int i = dot + 1; i < end; i++) {
            if (!Character.isLetter(text[i]) && text[i] != '-') {
                return null;
            }
        }
        return end - dot > 2 ? new PersonalData.Span(PersonalDataKind.EMAIL, start, end) : null;
    }

    private static boolean isLocal(char c) {
        return Character.isLetterOrDigit(c) || ".!#$%&'*+-/=?^_`{|}~".indexOf(c) >= 0 && c != '/' && c != '\'';
    }

    /** A letter or digit, or a dot or hyphen between such; the stop at the end of a sentence is none. */
    private static boolean isName(char[] text, int at, int i, int to) {
        return Character.isLetterOrDigit(text[i])
                || (text[i] == '.' || text[i] == '-') && i > at + 1 && i + 1 < to && Character.isLetterOrDigit(text[i + 1]);
    }
}
