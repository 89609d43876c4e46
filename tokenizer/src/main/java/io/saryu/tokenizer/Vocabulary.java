package io.saryu.tokenizer;

import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_piece;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_settings;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_special_ids;
import static io.saryu.bindings.sentencepiece.SaryuSentencepiece.saryu_sp_vocab_size;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/** The pieces and settings of a model, copied to the heap once. Immutable. */
final class Vocabulary {
    final String[] pieces;
    final float[] scores;
    final PieceType[] types;
    final int unkId;
    final int bosId;
    final int eosId;
    final int padId;
    final boolean byteFallback;
    final boolean addDummyPrefix;
    final boolean removeExtraWhitespaces;
    final boolean escapeWhitespaces;
    final boolean whitespaceAsSuffix;
    final boolean changesCharacters;

    Vocabulary(MemorySegment model) {
        int size = saryu_sp_vocab_size(model);
        pieces = new String[size];
        scores = new float[size];
        types = new PieceType[size];
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment text = arena.allocate(ValueLayout.ADDRESS);
            MemorySegment length = arena.allocate(ValueLayout.JAVA_INT);
            MemorySegment score = arena.allocate(ValueLayout.JAVA_FLOAT);
            MemorySegment type = arena.allocate(ValueLayout.JAVA_INT);
            for (int id = 0; id < size; id++) {
                saryu_sp_piece(model, id, text, length, score, type);
                byte[] bytes = text.get(ValueLayout.ADDRESS, 0).reinterpret(length.get(ValueLayout.JAVA_INT, 0))
                        .toArray(ValueLayout.JAVA_BYTE);
                pieces[id] = new String(bytes, StandardCharsets.UTF_8);
                scores[id] = score.get(ValueLayout.JAVA_FLOAT, 0);
                types[id] = PieceType.of(type.get(ValueLayout.JAVA_INT, 0));
            }
            MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, 4);
            saryu_sp_special_ids(model, ids);
            unkId = ids.getAtIndex(ValueLayout.JAVA_INT, 0);
            bosId = ids.getAtIndex(ValueLayout.JAVA_INT, 1);
            eosId = ids.getAtIndex(ValueLayout.JAVA_INT, 2);
            padId = ids.getAtIndex(ValueLayout.JAVA_INT, 3);
            MemorySegment settings = arena.allocate(ValueLayout.JAVA_INT, 6);
            saryu_sp_settings(model, settings);
            byteFallback = settings.getAtIndex(ValueLayout.JAVA_INT, 0) != 0;
            addDummyPrefix = settings.getAtIndex(ValueLayout.JAVA_INT, 1) != 0;
            removeExtraWhitespaces = settings.getAtIndex(ValueLayout.JAVA_INT, 2) != 0;
            escapeWhitespaces = settings.getAtIndex(ValueLayout.JAVA_INT, 3) != 0;
            whitespaceAsSuffix = settings.getAtIndex(ValueLayout.JAVA_INT, 4) != 0;
            changesCharacters = settings.getAtIndex(ValueLayout.JAVA_INT, 5) != 0;
        }
    }
}
