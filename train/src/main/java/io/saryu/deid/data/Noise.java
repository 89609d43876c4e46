package io.saryu.deid.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How users write: all small or all capital letters, no full stop, another sign for the danda, a slip of the finger. */
final class Noise {
    private Noise() {
    }

    /** Devanagari digits for ASCII ones where a text of that script has them. */
    static List<Piece> devanagariDigits(List<Piece> pieces) {
        return pieces.stream().map(p -> p.digits() ? p.map(Noise::devanagari) : p).toList();
    }

    private static String devanagari(String text) {
        if (text.chars().anyMatch(c -> c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        text.chars().forEach(c -> out.append((char) (c >= '0' && c <= '9' ? c - '0' + '०' : c)));
        return out.toString();
    }

    /** In about one row of six something is changed; personal data stays findable, and what is no data none. */
    static List<Piece> apply(List<Piece> pieces, Draw draw) {
        int kind = draw.below(100);
        if (draw.english()) {
            if (kind < 5) {
                return pieces.stream().map(p -> p.map(t -> t.toLowerCase(Locale.ROOT))).toList();
            }
            if (kind < 7) {
                return pieces.stream().map(p -> p.map(t -> t.toUpperCase(Locale.ROOT))).toList();
            }
            if (kind < 12) {
                return atEnd(pieces, ".", "");
            }
        } else if (kind < 6) {
            return atEnd(pieces, "।", "");
        } else if (kind < 9) {
            return atEnd(pieces, "।", " |");
        } else if (kind < 12) {
            return atEnd(pieces, "।", ".");
        }
        return kind < 16 ? slip(pieces, draw) : pieces;
    }

    private static List<Piece> atEnd(List<Piece> pieces, String end, String by) {
        List<Piece> changed = new ArrayList<>(pieces);
        Piece last = changed.removeLast();
        String text = last.text();
        if (last.tag() == null && text.endsWith(end)) {
            text = text.substring(0, text.length() - end.length()) + by;
        }
        if (!text.isEmpty()) {
            changed.add(new Piece(text, last.tag(), last.digits()));
        }
        return changed;
    }

    /** Takes away or exchanges one letter inside a longer word that is no personal data. */
    private static List<Piece> slip(List<Piece> pieces, Draw draw) {
        List<Piece> changed = new ArrayList<>(pieces);
        int at = draw.below(pieces.size());
        Piece piece = pieces.get(at);
        int i = piece.tag() == null ? inside(piece.text(), draw) : -1;
        if (i >= 0) {
            String text = piece.text();
            changed.set(at, new Piece(draw.english() && draw.chance(0.5)
                    ? text.substring(0, i) + text.charAt(i + 1) + text.charAt(i) + text.substring(i + 2)
                    : text.substring(0, i) + text.substring(i + 1), null, piece.digits()));
        }
        return changed;
    }

    /** An index whose neighbours are letters, or a Devanagari vowel sign; -1 if the first guess has none. */
    private static int inside(String text, Draw draw) {
        if (text.length() < 4) {
            return -1;
        }
        int i = draw.between(1, text.length() - 3);
        if (!draw.english()) {
            return Character.getType(text.charAt(i)) == Character.COMBINING_SPACING_MARK ? i : -1;
        }
        return Character.isLetter(text.charAt(i - 1)) && Character.isLetter(text.charAt(i)) && Character.isLetter(text.charAt(i + 1))
                && Character.isLetter(text.charAt(i + 2)) ? i : -1;
    }
}
