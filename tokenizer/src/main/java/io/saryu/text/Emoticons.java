package io.saryu.text;

/** Faces that people put where a sentence ends, and which belong to it: {@code :-)}, {@code =D}, {@code ^_^}, emoji. */
final class Emoticons {
    private Emoticons() {
    }

    /** Index after the emoticons and emoji at {@code at}, with spaces between them; {@code at} where there are none. */
    static int end(char[] text, int at, int to) {
        int end = at;
        int next = at;
        while (next < to) {
            int face = Character.isHighSurrogate(text[next]) || text[next] >= 0x2600 ? emoji(text, next, to)
                    : emoticon(text, next, to);
            if (face == next) {
                break;
            }
            end = face;
            next = SentenceSigns.skipSpaces(text, end, to);
        }
        return end;
    }

    /** Index after one emoticon that white space follows, or {@code at}. */
    private static int emoticon(char[] text, int at, int to) {
        int i = at;
        char eyes = text[i];
        if (eyes == '^') {
            i++;
            i += i < to && text[i] == '_' ? 1 : 0;
            return i < to && text[i] == '^' && isLast(text, i + 1, to) ? i + 1 : at;
        }
        if (eyes == '<') {
            return at + 1 < to && text[at + 1] == '3' && isLast(text, at + 2, to) ? at + 2 : at;
        }
        if (eyes != ':' && eyes != ';' && eyes != '=') {
            return at;
        }
        i++;
        i += i < to && (text[i] == '-' || text[i] == '\'' || text[i] == 'o') ? 1 : 0;
        int mouth = i;
        while (i < to && i < mouth + 8 && ")(DPp]|".indexOf(text[i]) >= 0) {
            i++;
        }
        return i > mouth && isLast(text, i, to) ? i : at;
    }

    private static boolean isLast(char[] text, int i, int to) {
        return i == to || SentenceSigns.isSpace(text[i]);
    }

    private static int emoji(char[] text, int at, int to) {
        int i = at;
        while (i < to) {
            int c = Character.codePointAt(text, i, to);
            if (!(c >= 0x1F300 && c <= 0x1FAFF || c >= 0x2600 && c <= 0x27BF)) {
                break;
            }
            i = SentenceSigns.skipMarks(text, i + Character.charCount(c), to);
        }
        return i;
    }
}
