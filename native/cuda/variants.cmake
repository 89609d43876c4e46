# What the emulated library holds: every .cu file once per set of defines that Java compiles it with, e.g.
#   saryu_cuda_variant(rms_norm.cu SARYU_TYPE=0)
saryu_cuda_variant(fill.cu)
