/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the cases of cpp.cases stand on. */
#include <skep/skep.hpp>

#include <cstdio>

#include "user.h"

using namespace std::chrono_literals;

/* A type of the user's own that skep::owner can own. */
struct mine;
void mine_free(struct mine *);
SKEP_DEFINE_FREEP(mine);
struct stranger;
