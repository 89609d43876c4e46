package io.saryu.files;

import java.util.regex.Pattern;

/**
 * What a token file says about itself in the {@code .json} beside it. Of a file opened without one ({@link
 * TokenFile#openRaw}), counts that are not known are -1 and texts null.
 *
 * @param type            how ids are stored
 * @param tokenCount      number of ids
 * @param documentCount   number of documents, each of one token or more; -1 when not known
 * @param tokenizerSha256 SHA-256 of the tokenizer's model file, 64 lower-case hex digits; null when not known
 * @param textBytes       bytes of UTF-8 text that the tokens were made from; -1 when not known
 * @param language        the language's code; null when not known
 * @param vocabSize       every id is below it
 * @param maxTokenId      largest id in the file; -1 when there are no tokens or it is not known
 */
public record TokenFileInfo(TokenType type, long tokenCount, long documentCount, String tokenizerSha256, long textBytes,
        String language, int vocabSize, int maxTokenId) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final int LONGEST_LANGUAGE = 100;
    /** So that the size in bytes cannot overflow. */
    private static final long MOST_TOKENS = Long.MAX_VALUE / 8;

    /** @throws IllegalArgumentException for values that fit no file; the message has the JSON key */
    public TokenFileInfo {
        require(vocabSize >= 1 && vocabSize <= type.largestVocabulary(), "vocab_size must be from 1 to "
                + type.largestVocabulary() + " for " + type.dtype() + ", not " + vocabSize);
        require(tokenCount >= 0 && tokenCount <= MOST_TOKENS, "token_count must be from 0 to " + MOST_TOKENS + ", not "
                + tokenCount);
        require(documentCount >= -1 && documentCount <= tokenCount, "document_count must be from 0 to token_count "
                + tokenCount + ", not " + documentCount);
        require(textBytes >= -1, "text_bytes must not be negative, but is " + textBytes);
        require(maxTokenId >= -1 && maxTokenId < vocabSize, "max_token_id must be below vocab_size " + vocabSize
                + ", but is " + maxTokenId);
        require(maxTokenId == -1 || tokenCount > 0, "max_token_id must be -1 when there are no tokens, not "
                + maxTokenId);
        require(tokenizerSha256 == null || SHA256.matcher(tokenizerSha256).matches(),
                "tokenizer_sha256 must be 64 lower-case hex digits");
        require(language == null || isLanguage(language),
                "language must be a code such as \"hi\", of 1 to " + LONGEST_LANGUAGE + " printable characters");
    }

    private static boolean isLanguage(String text) {
        return !text.isBlank() && text.length() <= LONGEST_LANGUAGE && Excerpt.of(text, LONGEST_LANGUAGE).equals(text);
    }

    static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    /** What is known of a file without a description. */
    static TokenFileInfo raw(TokenType type, long tokenCount, int vocabSize) {
        return new TokenFileInfo(type, tokenCount, -1, null, -1, null, vocabSize, -1);
    }

    /** Size of the file. */
    long bytes() {
        return tokenCount * type.bytes();
    }
}
