/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The shared header of README's example, which it does not show. */
#include "execsnoop.h"
