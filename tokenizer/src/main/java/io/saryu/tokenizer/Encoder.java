package io.saryu.tokenizer;

/** Whose code turns text into ids; the ids are the same. */
public enum Encoder {
    /** {@link #JAVA} where the model allows it, else {@link #SENTENCEPIECE}. */
    AUTO,
    /** Saryu's own Viterbi search, for models that leave the characters of a text as they are. */
    JAVA,
    /** The SentencePiece library: the reference. */
    SENTENCEPIECE
}
