package io.saryu.train;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.saryu.dist.ProcessGroup;
import io.saryu.optim.LossScaler;
import io.saryu.optim.LossWatch;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * What process 0 of a run tells the others to do next, so that it alone decides: when to evaluate, to save, to stop.
 *
 * @param kind         what to do
 * @param number       of the step
 * @param learningRate of the step
 * @param position     of the step's first window
 * @param lossScale    of the weights that are to be taken over
 * @param losses       recent, of the weights that are to be taken over
 */
record RankCommand(Kind kind, long number, double learningRate, long position, LossScaler.State lossScale,
        LossWatch.State losses) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String NAME = "what to do next";

    enum Kind {
        /** Take over rank 0's weights. */
        FOLLOW,
        /** One optimizer step. */
        STEP,
        /** The run has ended as it should. */
        END
    }

    static RankCommand follow(LossScaler.State lossScale, LossWatch.State losses) {
        return new RankCommand(Kind.FOLLOW, 0, 0, 0, lossScale, losses);
    }

    static RankCommand step(long number, double learningRate, long position) {
        return new RankCommand(Kind.STEP, number, learningRate, position, null, null);
    }

    static RankCommand end() {
        return new RankCommand(Kind.END, 0, 0, 0, null, null);
    }

    /** Process 0 tells the others; a process alone has nobody to tell. */
    void tell(ProcessGroup processes) {
        if (processes.processes() > 1) {
            try {
                processes.fromLeader(NAME, JSON.writeValueAsBytes(this));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write a command as JSON", e);
            }
        }
    }

    /** The others wait to be told. */
    static RankCommand await(ProcessGroup processes) {
        try {
            return JSON.readValue(processes.fromLeader(NAME, new byte[0]), RankCommand.class);
        } catch (IOException e) {
            throw new UncheckedIOException("rank 0 sent what is no command", e);
        }
    }
}
