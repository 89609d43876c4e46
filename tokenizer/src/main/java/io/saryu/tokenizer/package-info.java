/**
 * SentencePiece tokenization: {@link io.saryu.tokenizer.TokenizerTrainer} trains a unigram model on text,
 * {@link io.saryu.tokenizer.Tokenizer} turns text into ids and back, {@link io.saryu.tokenizer.StreamingDecoder} does
 * the latter id by id, {@link io.saryu.tokenizer.HuggingFaceTokenizer} writes the same tokenizer for transformers, and
 * {@link io.saryu.tokenizer.TokenizerStatistics} counts what it makes of a corpus.
 *
 * <p>A model is a SentencePiece model. Training and encoding are done here in Java ({@link io.saryu.tokenizer.Trainer},
 * {@link io.saryu.tokenizer.Encoder}), or by the SentencePiece library, which is what both are measured against; reading a
 * model and decoding are always done by the library, behind a C shim that lets no model file, text or id end the process.
 */
package io.saryu.tokenizer;
