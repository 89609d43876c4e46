/**
 * SentencePiece tokenization: {@link io.saryu.tokenizer.TokenizerTrainer} trains a unigram model on text,
 * {@link io.saryu.tokenizer.Tokenizer} turns text into ids and back, {@link io.saryu.tokenizer.StreamingDecoder} does
 * the latter id by id, {@link io.saryu.tokenizer.HuggingFaceTokenizer} writes the same tokenizer for transformers, and
 * {@link io.saryu.tokenizer.TokenizerStatistics} counts what it makes of a corpus.
 *
 * <p>The work is done by the SentencePiece library behind a C shim that lets no model file, text or id end the process.
 */
package io.saryu.tokenizer;
