/** Text from raw corpus to training sample, and SentencePiece tokenization. */
module io.saryu.tokenizer {
    requires com.fasterxml.jackson.databind;
    requires io.saryu.bindings;
    requires org.tukaani.xz;

    exports io.saryu.text;
    exports io.saryu.tokenizer;
}
