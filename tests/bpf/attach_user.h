/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_TESTS_ATTACH_USER_H
#define SKEP_TESTS_ATTACH_USER_H

#define ATTACH_USER_SLOTS 16

#endif
