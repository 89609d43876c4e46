package io.saryu.text;

import java.util.List;

/**
 * One document of a corpus.
 *
 * @param lines its lines, at least one, none blank
 */
public record Document(List<String> lines) {
    /** The lines joined by a newline. */
    public String text() {
        return lines.size() == 1 ? lines.get(0) : String.join("\n", lines);
    }
}
