package io.saryu.tokenizer;

import io.saryu.bindings.sentencepiece.SaryuSentencepiece;

/** What a piece of the vocabulary is for. */
public enum PieceType {
    /** Learnt from text. */
    NORMAL,
    /** Stands for text that no piece covers; there is exactly one. */
    UNKNOWN,
    /** Never comes from text and decodes to nothing, such as {@code </s>}. */
    CONTROL,
    /** Given to the trainer; its text always becomes this one piece. */
    USER_DEFINED,
    /** In the vocabulary, but never used by encoding. */
    UNUSED,
    /** One byte of a character that no piece covers. */
    BYTE;

    static PieceType of(int code) {
        if (code == SaryuSentencepiece.SARYU_SP_NORMAL()) {
            return NORMAL;
        } else if (code == SaryuSentencepiece.SARYU_SP_UNKNOWN()) {
            return UNKNOWN;
        } else if (code == SaryuSentencepiece.SARYU_SP_CONTROL()) {
            return CONTROL;
        } else if (code == SaryuSentencepiece.SARYU_SP_USER_DEFINED()) {
            return USER_DEFINED;
        } else if (code == SaryuSentencepiece.SARYU_SP_UNUSED()) {
            return UNUSED;
        } else if (code == SaryuSentencepiece.SARYU_SP_BYTE()) {
            return BYTE;
        }
        throw new IllegalArgumentException("no piece type has the number " + code);
    }
}
