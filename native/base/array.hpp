// Arrays are public: users hand them in and read results from them.
#pragma once

#include "dolab/array.hpp"
