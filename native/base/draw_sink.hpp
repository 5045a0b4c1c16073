// Sinks are public: users may stream draws to a place of their own.
#pragma once

#include "dolab/draw_sink.hpp"
