package io.saryu.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** What an op moved and computed; JMH divides by the time, so the columns read GB/s and GFLOP/s. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class Rate {
    /** Bytes read and written at least once by the op, in 1e9. */
    public double GB;
    /** Floating-point operations, a multiply-add counting two, in 1e9. */
    public double GFLOP;

    void bytes(double n) {
        GB += n / 1e9;
    }

    void flops(double n) {
        GFLOP += n / 1e9;
    }
}
