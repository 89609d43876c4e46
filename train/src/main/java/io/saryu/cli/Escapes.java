package io.saryu.cli;

/** Backslash escapes in texts that come from the command line, where a newline is hard to type. */
final class Escapes {
    private Escapes() {
    }

    /**
     * Replaces {@code \n \t \r \\ \" \'} and {@code \}{@code uXXXX} by what they stand for.
     *
     * @throws IllegalArgumentException for another escape, naming it and its place
     */
    static String interpret(String text) {
        if (text.indexOf('\\') < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '\\') {
                out.append(c);
                i++;
                continue;
            }
            char kind = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
            switch (kind) {
                case 'n' -> out.append('\n');
                case 't' -> out.append('\t');
                case 'r' -> out.append('\r');
                case '\\', '"', '\'' -> out.append(kind);
                case 'u' -> {
                    out.append(unicode(text, i));
                    i += 4;
                }
                default -> throw unknown(text, i);
            }
            i += 2;
        }
        return out.toString();
    }

    private static char unicode(String text, int at) {
        int end = at + 6;
        if (end > text.length() || !text.substring(at + 2, end).matches("[0-9A-Fa-f]{4}")) {
            throw unknown(text, at);
        }
        return (char) Integer.parseInt(text.substring(at + 2, end), 16);
    }

    private static IllegalArgumentException unknown(String text, int at) {
        String shown = text.substring(at, Math.min(text.length(), at + 6));
        return new IllegalArgumentException("the escape '" + shown + "' at character " + (at + 1) + " is not one of"
                + " \\n \\t \\r \\\\ \\\" \\' \\uXXXX; write \\\\ for a backslash");
    }
}
