/** Tensors, autograd, the Backend contract and its reference implementation, the Qwen3 model, optimizers, file formats. */
module io.saryu.core {
    requires com.fasterxml.jackson.databind;

    exports io.saryu.autograd;
    exports io.saryu.backend;
    exports io.saryu.dist;
    exports io.saryu.files;
    exports io.saryu.lora;
    exports io.saryu.nn;
    exports io.saryu.optim;
    exports io.saryu.tensor;

    uses io.saryu.backend.BackendProvider;
}
