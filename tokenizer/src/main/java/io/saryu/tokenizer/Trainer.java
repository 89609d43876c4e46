package io.saryu.tokenizer;

/** Whose code trains. The models do the same; which pieces are in them differs a little. */
public enum Trainer {
    /** Saryu's own, on counted words, in memory that does not grow with the text. */
    JAVA,
    /** The SentencePiece library's, on the whole text in memory: some 30 bytes for each byte of it. */
    SENTENCEPIECE
}
