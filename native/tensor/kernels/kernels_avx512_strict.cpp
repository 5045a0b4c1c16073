#include <immintrin.h>

#define DOLAB_PACK "tensor/kernels/pack_avx512.inl"
#define DOLAB_ISA_NAME "avx512"
#define DOLAB_ISA avx512_strict
#define DOLAB_FMA 0
#define DOLAB_HAS_NARROW 1
#include "tensor/kernels/kernel_source.inl"
