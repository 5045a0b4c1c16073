// Arguments are public: users hand them to kernels.
#pragma once

#include "dolab/argument.hpp"
