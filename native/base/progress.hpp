// Progress is public: users watch and cancel long calls with it.
#pragma once

#include "dolab/progress.hpp"
