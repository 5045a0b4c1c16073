// What only some platforms have. A test that needs it is compiled where it exists, and nowhere skipped.
#pragma once

/// Child processes, signals and limits of a process. WebAssembly has none.
#if defined(__unix__) && !defined(__EMSCRIPTEN__)
#define DOLAB_TEST_PROCESSES 1
#else
#define DOLAB_TEST_PROCESSES 0
#endif

/// More than one thread. WebAssembly without shared memory has one.
#if !defined(__EMSCRIPTEN__) || defined(__EMSCRIPTEN_PTHREADS__)
#define DOLAB_TEST_THREADS 1
#else
#define DOLAB_TEST_THREADS 0
#endif
