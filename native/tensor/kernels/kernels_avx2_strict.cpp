#include <immintrin.h>

#define DOLAB_PACK "tensor/kernels/pack_avx2.inl"
#define DOLAB_ISA_NAME "avx2"
#define DOLAB_ISA avx2_strict
#define DOLAB_FMA 0
#define DOLAB_HAS_NARROW 1
#include "tensor/kernels/kernel_source.inl"
