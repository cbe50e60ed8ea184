/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#define VERSION 5
#include "upgrade_body.h"
