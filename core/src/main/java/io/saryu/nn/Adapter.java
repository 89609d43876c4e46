package io.saryu.nn;

import io.saryu.autograd.LowRank;
import io.saryu.backend.ExecutionContext;

/** What a {@link Qwen3} computes with in addition to its frozen weights: {@link Qwen3#useAdapter}. */
public interface Adapter {
    /** What is trained in place of the model's own weights. */
    FlatParameters parameters();

    /**
     * What is added to one product of the model.
     *
     * @param group name of its parameter, see {@link Projection}
     * @return null where nothing is
     */
    LowRank.Factors factors(String group);

    /** Brings what is derived from the parameters up to date; called before each pass whose weights may be new. */
    void refresh(ExecutionContext ctx);
}
