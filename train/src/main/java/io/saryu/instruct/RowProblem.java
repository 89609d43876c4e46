package io.saryu.instruct;

/** Why a row of instruction data is not used. */
public enum RowProblem {
    NOT_TEXT("not UTF-8 text, or too long a line"),
    BROKEN_JSON("not one JSON object on a line"),
    WRONG_FIELDS("without the texts \"instruction\", \"input\" and \"output\""),
    EMPTY_INSTRUCTION("with an empty instruction"),
    EMPTY_OUTPUT("with an empty output"),
    PLACEHOLDER("with an unfilled placeholder, such as {ACCOUNT}"),
    UNKNOWN_TAG("with a tag that the tokenizer's list of tags does not have"),
    LITERAL_NEWLINE("with a backslash and an n where a newline was meant; write \"\\n\" once escaped in JSON"),
    TEMPLATE_MARKER("with a part of the prompt template in its text"),
    SPAN_WITHIN_WORD("with a span that begins or ends within a word or number, or overlaps another"),
    TOO_LONG("longer than data.context_length"),
    DUPLICATE("the same as an earlier one"),
    LEAK("whose input is also in the validation data");

    private final String text;

    RowProblem(String text) {
        this.text = text;
    }

    /** Completes "12 rows ...". */
    public String text() {
        return text;
    }
}
