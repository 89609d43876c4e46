package io.saryu.spark;

import java.io.Serializable;

/**
 * Where a document is.
 *
 * @param part     of the corpus, in its order
 * @param piece    of what the part's cleaning gave, in its order
 * @param document of the piece, in its order
 */
record Place(int part, int piece, int document) implements Serializable, Comparable<Place> {
    @Override
    public int compareTo(Place other) {
        int order = Integer.compare(part, other.part);
        order = order != 0 ? order : Integer.compare(piece, other.piece);
        return order != 0 ? order : Integer.compare(document, other.document);
    }

    static Place first(Place a, Place b) {
        return a.compareTo(b) <= 0 ? a : b;
    }
}
