package io.saryu.spark;

import io.saryu.text.CorpusPart;
import java.io.Serializable;

/** Some cleaned documents and where they are. */
record Piece(int part, int number, CorpusPart.Documents documents) implements Serializable {
    Hash hash(int document) {
        return new Hash(documents.hashes()[2 * document], documents.hashes()[2 * document + 1]);
    }
}
