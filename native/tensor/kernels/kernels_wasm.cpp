// WebAssembly SIMD128; strict serves as fast too.
#include <wasm_simd128.h>

#define DOLAB_PACK "tensor/kernels/pack_wasm.inl"
#define DOLAB_ISA_NAME "wasm"
#define DOLAB_ISA wasm
#define DOLAB_FMA 0
#define DOLAB_HAS_NARROW 0
#include "tensor/kernels/kernel_source.inl"
