// Any processor; both flavours.
#define DOLAB_PACK "tensor/kernels/pack_generic.inl"
#define DOLAB_ISA_NAME "generic"
#define DOLAB_ISA generic
#define DOLAB_FMA 0
#define DOLAB_HAS_NARROW 0
#include "tensor/kernels/kernel_source.inl"
