/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
#ifndef SKEP_SKEP_H
#define SKEP_SKEP_H
/**
 * @file skep.h
 * Everything of user space at once.
 */
#include <skep/attach.h>
#include <skep/base.h>
#include <skep/bpf_log.h>
#include <skep/error.h>
#include <skep/hash.h>
#include <skep/hist.h>
#include <skep/kernel.h>
#include <skep/link.h>
#include <skep/log.h>
#include <skep/loop.h>
#include <skep/map.h>
#include <skep/merge.h>
#include <skep/needs.h>
#include <skep/number.h>
#include <skep/object.h>
#include <skep/perf.h>
#include <skep/plan.h>
#include <skep/ring.h>
#include <skep/rings.h>
#include <skep/types.h>
#include <skep/upgrade.h>
#include <skep/verifier.h>
#include <skep/version.h>

#endif
