package io.saryu.tokenizer;

import io.saryu.text.Corpus;

/** What both trainers say of text and options that do not go together. */
final class TrainingErrors {
    private TrainingErrors() {
    }

    static TokenizerException tooLarge(TokenizerTrainerOptions options, int most, Exception cause) {
        return new TokenizerException("the text is too small for a vocabulary of " + options.vocabSize()
                + " pieces; give at most " + most + ", or more text", cause);
    }

    static TokenizerException tooSmall(TokenizerTrainerOptions options, int least, Exception cause) {
        return new TokenizerException("a vocabulary of " + options.vocabSize() + " pieces is too small for the text, "
                + "whose characters alone need " + least + "; give more, or a characterCoverage below "
                + options.characterCoverage(), cause);
    }

    static TokenizerException noText(Corpus corpus, long badLines) {
        return new TokenizerException("there is no text to train on in " + corpus.files().get(0)
                + (corpus.files().size() == 1 ? "" : " and " + (corpus.files().size() - 1) + " more files") + " ("
                + badLines + " lines are not UTF-8); check that these are text files");
    }
}
