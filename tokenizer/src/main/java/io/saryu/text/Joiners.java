package io.saryu.text;

/**
 * Where a zero-width joiner (ZWJ) or non-joiner (ZWNJ) carries meaning and stays.
 *
 * <ul>
 *   <li>Devanagari, either of them: after a virama (U+094D) and before a consonant. There ZWJ asks for the half form,
 *       ZWNJ for the visible virama (Unicode, chapter 12.1), so the word looks different without it.
 *   <li>Emoji, ZWJ alone: between two pictographs, where the first may carry a skin tone or variation selector
 *       (UTS #51). Without it one family becomes three people.
 * </ul>
 *
 * <p>Elsewhere, as after a vowel sign or at the end of a word, they change no glyph of our languages and only make two
 * spellings of one word.
 */
final class Joiners {
    static final int ZWNJ = 0x200C;
    static final int ZWJ = 0x200D;
    private static final int VIRAMA = 0x094D;
    private static final int EMOJI_VARIATION = 0xFE0F;

    private Joiners() {
    }

    /**
     * Whether a joiner stays.
     *
     * @param joiner   U+200C or U+200D
     * @param previous the code point before it that stays, or -1
     * @param next     the code point after it, or -1
     */
    static boolean needed(int joiner, int previous, int next) {
        if (previous == VIRAMA) {
            return isDevanagariConsonant(next);
        }
        return joiner == ZWJ && endsPictograph(previous) && next >= 0 && Character.isExtendedPictographic(next);
    }

    static boolean isDevanagariConsonant(int c) {
        return (c >= 0x0915 && c <= 0x0939) || (c >= 0x0958 && c <= 0x095F) || (c >= 0x0978 && c <= 0x097F);
    }

    private static boolean endsPictograph(int c) {
        return c == EMOJI_VARIATION || (c >= 0x1F3FB && c <= 0x1F3FF)
                || (c >= 0 && Character.isExtendedPictographic(c));
    }
}
