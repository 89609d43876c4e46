package io.saryu.deid;

import java.util.List;

/** Finds personal data that has a form of its own. */
@FunctionalInterface
public interface Recognizer {
    /** Spans of a text, in any order; they may overlap. */
    List<Span> find(String text);
}
