package io.saryu.tensor;

/**
 * Where a tensor's memory lives. Two tensors can meet in one op only when their devices are equal.
 *
 * @param kind  {@code "cpu"} or {@code "cuda"}
 * @param index number of the device among those of its kind, from 0
 */
public record Device(String kind, int index) {
    /** Host memory: Java may read and write it through the tensor's segment. */
    public static final Device CPU = new Device("cpu", 0);

    /** True when Java may dereference addresses of this device. */
    public boolean isHost() {
        return kind.equals("cpu");
    }

    @Override
    public String toString() {
        return isHost() ? kind : kind + ":" + index;
    }
}
