// Without fused multiply-add both flavours are this one.
#include <immintrin.h>

#define DOLAB_PACK "tensor/kernels/pack_sse42.inl"
#define DOLAB_ISA_NAME "sse4.2"
#define DOLAB_ISA sse42
#define DOLAB_FMA 0
#define DOLAB_HAS_NARROW 0
#include "tensor/kernels/kernel_source.inl"
