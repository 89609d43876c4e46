package io.saryu.files;

/** Text from a file made fit for a one-line message: a hostile name must not flood or break the terminal. */
public final class Excerpt {
    private static final int LONGEST = 80;

    private Excerpt() {
    }

    /** {@code text} on one line, cut after {@value #LONGEST} characters, control and invisible characters as '?'. */
    public static String of(String text) {
        return of(text, LONGEST);
    }

    static String of(String text, int longest) {
        String head = text.length() <= longest ? text : text.substring(0, longest);
        StringBuilder out = new StringBuilder(head.length() + 3);
        head.codePoints().forEach(c -> out.appendCodePoint(isPlain(c) ? c : '?'));
        return text.length() <= longest ? out.toString() : out.append("...").toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL, Character.SURROGATE, Character.UNASSIGNED, Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            // Direction overrides can make a message read as something else; joiners belong to Indic names.
            case Character.FORMAT -> c == 0x200C || c == 0x200D;
            default -> true;
        };
    }
}
