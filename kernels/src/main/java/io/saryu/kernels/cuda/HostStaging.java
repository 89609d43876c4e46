package io.saryu.kernels.cuda;

import io.saryu.bindings.cuda.CUDA_MEMCPY2D_st;
import io.saryu.bindings.cuda.Cuda;
import io.saryu.tensor.DType;
import io.saryu.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Copies between host tensors and the device through two pinned buffers in turn, on one stream: pageable memory would make the
 * driver wait. Converts between types on the host, which is for small tensors and for loading; rows may have strides on either
 * side.
 */
final class HostStaging {
    private static final long BUFFER_BYTES = 4L << 20;

    private final CudaContext context;
    private final MemorySegment stream;
    private final Arena life;
    private final MemorySegment[] buffers = new MemorySegment[2];
    private final MemorySegment[] done = new MemorySegment[2];
    private final MemorySegment rectangle;
    private int turn;

    /** @param life of the buffers, which are made at first use */
    HostStaging(CudaContext context, MemorySegment stream, Arena life) {
        this.context = context;
        this.stream = stream;
        this.life = life;
        this.rectangle = CUDA_MEMCPY2D_st.allocate(life);
    }

    /** One way of a copy, in pieces that fit a buffer. */
    private interface Piece {
        /** Elements {@code [column, column + columns)} of rows {@code [row, row + rows)}. */
        void copy(long row, long rows, long column, long columns);
    }

    private static void inPieces(Tensor a, Tensor b, Piece piece) {
        long count = a.count();
        if (count == 0) {
            return;
        }
        boolean flat = a.isContiguous() && b.isContiguous();
        long columns = flat ? count : a.dim(-1);
        long rows = count / columns;
        long most = BUFFER_BYTES / Math.max(a.dtype().bytes(), b.dtype().bytes());
        long rowsAtOnce = Math.max(1, most / columns);
        long columnsAtOnce = Math.min(columns, most);
        for (long r = 0; r < rows; r += rowsAtOnce) {
            for (long c = 0; c < columns; c += columnsAtOnce) {
                piece.copy(r, Math.min(rowsAtOnce, rows - r), c, Math.min(columnsAtOnce, columns - c));
            }
        }
    }

    /** Copies a host tensor of equal count, which may be changed when this returns, to the device. */
    void upload(Tensor out, Tensor host) {
        inPieces(out, host, (row, rows, column, columns) -> {
            MemorySegment buffer = nextBuffer();
            pack(buffer, out.dtype(), host, row, rows, column, columns);
            transfer(true, buffer, out, row, rows, column, columns);
            CudaErrors.check(Cuda.cuEventRecord(done[turn], stream), "copying to tensor ", out.name());
        });
    }

    /** Copies a device tensor of equal count to the host and waits for it. */
    void download(Tensor host, Tensor in) {
        inPieces(in, host, (row, rows, column, columns) -> {
            MemorySegment buffer = nextBuffer();
            transfer(false, buffer, in, row, rows, column, columns);
            CudaErrors.check(Cuda.cuEventRecord(done[turn], stream), "copying from tensor ", in.name());
            context.await(done[turn], "copying from tensor " + in.name());
            unpack(host, buffer, in.dtype(), row, rows, column, columns);
        });
    }

    /** Issues a copy straight from pinned memory, contiguous on both sides and of one type. */
    void uploadPinned(Tensor out, Tensor host) {
        CudaErrors.check(Cuda.cuMemcpyHtoDAsync_v2(out.segment().address(), host.segment(),
                out.count() * out.dtype().bytes(), stream), "copying to tensor ", out.name());
    }

    private MemorySegment nextBuffer() {
        turn = 1 - turn;
        if (buffers[turn] == null) {
            done[turn] = context.newEvent(life);
            buffers[turn] = PinnedMemory.allocate(context.device(), BUFFER_BYTES, life);
        } else {
            context.await(done[turn], "waiting for a copy");
        }
        return buffers[turn];
    }

    private void transfer(boolean toDevice, MemorySegment buffer, Tensor device, long row, long rows, long column,
            long columns) {
        long width = device.dtype().bytes();
        long address = device.segment().address() + (row * device.rowStride() + column) * width;
        String what = toDevice ? "copying to tensor " : "copying from tensor ";
        if (rows == 1 || device.isContiguous()) {
            long bytes = rows * columns * width;
            CudaErrors.check(toDevice ? Cuda.cuMemcpyHtoDAsync_v2(address, buffer, bytes, stream)
                    : Cuda.cuMemcpyDtoHAsync_v2(buffer, address, bytes, stream), what, device.name());
            return;
        }
        rectangle.fill((byte) 0);
        if (toDevice) {
            CUDA_MEMCPY2D_st.srcMemoryType(rectangle, Cuda.CU_MEMORYTYPE_HOST());
            CUDA_MEMCPY2D_st.srcHost(rectangle, buffer);
            CUDA_MEMCPY2D_st.srcPitch(rectangle, columns * width);
            CUDA_MEMCPY2D_st.dstMemoryType(rectangle, Cuda.CU_MEMORYTYPE_DEVICE());
            CUDA_MEMCPY2D_st.dstDevice(rectangle, address);
            CUDA_MEMCPY2D_st.dstPitch(rectangle, device.rowStride() * width);
        } else {
            CUDA_MEMCPY2D_st.srcMemoryType(rectangle, Cuda.CU_MEMORYTYPE_DEVICE());
            CUDA_MEMCPY2D_st.srcDevice(rectangle, address);
            CUDA_MEMCPY2D_st.srcPitch(rectangle, device.rowStride() * width);
            CUDA_MEMCPY2D_st.dstMemoryType(rectangle, Cuda.CU_MEMORYTYPE_HOST());
            CUDA_MEMCPY2D_st.dstHost(rectangle, buffer);
            CUDA_MEMCPY2D_st.dstPitch(rectangle, columns * width);
        }
        CUDA_MEMCPY2D_st.WidthInBytes(rectangle, columns * width);
        CUDA_MEMCPY2D_st.Height(rectangle, rows);
        CudaErrors.check(Cuda.cuMemcpy2DAsync_v2(rectangle, stream), what, device.name());
    }

    private static void pack(MemorySegment buffer, DType type, Tensor host, long row, long rows, long column, long columns) {
        Tensor packed = Tensor.wrap("staging", type, buffer, rows, columns);
        for (long r = 0; r < rows; r++) {
            copyRow(packed, r * columns, host, (row + r) * host.rowStride() + column, columns);
        }
    }

    private static void unpack(Tensor host, MemorySegment buffer, DType type, long row, long rows, long column,
            long columns) {
        Tensor packed = Tensor.wrap("staging", type, buffer, rows, columns);
        for (long r = 0; r < rows; r++) {
            copyRow(host, (row + r) * host.rowStride() + column, packed, r * columns, columns);
        }
    }

    private static void copyRow(Tensor to, long toElement, Tensor from, long fromElement, long count) {
        int width = to.dtype().bytes();
        if (to.dtype() == from.dtype()) {
            MemorySegment.copy(from.segment(), fromElement * width, to.segment(), toElement * width, count * width);
            return;
        }
        for (long i = 0; i < count; i++) {
            to.setAt(toElement + i, from.getAt(fromElement + i));
        }
    }
}
