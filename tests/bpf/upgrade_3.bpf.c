/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#define VERSION 3
#include "upgrade_body.h"
