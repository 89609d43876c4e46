package io.saryu.deid.data;

import java.util.function.UnaryOperator;

/**
 * A stretch of a row's text.
 *
 * @param tag    null for text that stays
 * @param digits whether its digits may be Devanagari ones
 */
record Piece(String text, String tag, boolean digits) {
    Piece map(UnaryOperator<String> change) {
        return new Piece(change.apply(text), tag, digits);
    }
}
