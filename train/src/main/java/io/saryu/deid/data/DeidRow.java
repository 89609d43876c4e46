package io.saryu.deid.data;

import java.util.ArrayList;
import java.util.List;

/**
 * One example of de-identification.
 *
 * @param instruction what to do
 * @param input       text with personal data
 * @param output      the same with tags in its place, and nothing else changed
 * @param language    en, hi or awa: that of the input, not always of the instruction
 * @param spans       where the personal data stands in the input, in order, none touching another's characters
 */
public record DeidRow(String instruction, String input, String output, String language, List<Span> spans) {
    /**
     * A stretch of the input.
     *
     * @param start offset in Unicode code points, not in chars or bytes
     * @param end   offset of the code point after its last
     * @param tag   as it stands in the output, such as {@code [NAME]}
     */
    public record Span(int start, int end, String tag) {
    }

    /** The row of these pieces. */
    static DeidRow of(String instruction, List<Piece> pieces, String language) {
        StringBuilder input = new StringBuilder();
        StringBuilder output = new StringBuilder();
        List<Span> spans = new ArrayList<>();
        int at = 0;
        for (Piece piece : pieces) {
            int end = at + piece.text().codePointCount(0, piece.text().length());
            input.append(piece.text());
            output.append(piece.tag() == null ? piece.text() : piece.tag());
            if (piece.tag() != null) {
                spans.add(new Span(at, end, piece.tag()));
            }
            at = end;
        }
        return new DeidRow(instruction, input.toString(), output.toString(), language, List.copyOf(spans));
    }
}
